import { existsSync } from "node:fs"
import { join } from "node:path"
import { Effect } from "effect"
import * as EmbeddedPostgres from "../layers/EmbeddedPostgres.ts"
import { migrateIfPending } from "../layers/Migrations.ts"
import { Database } from "../layers/Postgres.ts"
import { Settings } from "../layers/Settings.ts"
import { useScratch } from "../layers/scratch.ts"
import { checkPort } from "../server/http/Listener.ts"
import { drainTimeout, listening, Server } from "../server/main.ts"
import { greetingOf, greetingText } from "./greeting.ts"
import { print, printJsonLine } from "./print.ts"
import { stopWithin } from "./run.ts"
import { isFresh } from "./seed/isFresh.ts"

type Options = { readonly seed: boolean; readonly json?: boolean }

/** Serves until it is told to stop. */
export const serve = (options: Options) =>
  Effect.andThen(portIsFree, serving(options)).pipe(Effect.provide(Settings.layer))

const serving = (options: Options) =>
  Effect.gen(function* () {
    const { dataDir, drainDelay, port, production } = yield* Settings
    stopWithin(drainDelay + drainTimeout / 1000 + 15)
    const { url, embedded } = yield* Database
    if (embedded) yield* EmbeddedPostgres.serverLock({ dataDir, url, port })
    yield* useScratch
    yield* migrateIfPending
    if (options.seed && !production) yield* seedFirstRun
    const server = yield* listening({ othersAfter: "1 second" })
    const greeting = yield* greetingOf(server.port)
    yield* Effect.sync(() => (options.json ? printJsonLine({ data: greeting }) : print(greetingText(greeting))))
    return yield* Effect.never
    // Scoped inside: requests under way still have their database while the listener drains.
  }).pipe(Effect.scoped, Effect.provide(Server))

// Before the database is made and filled: that takes seconds, which a taken port would waste.
const portIsFree = Effect.flatMap(Settings, (settings) =>
  checkPort(settings).pipe(
    Effect.catch((taken) => Effect.andThen(Effect.scoped(dataDirIsFree(settings)), Effect.fail(taken)))
  )
)

/** Fails when it is a ZST on this very data directory that has the port: stopping that one is the better advice. */
const dataDirIsFree = Effect.fnUntraced(function* ({ databaseUrl, dataDir, port }: Settings["Service"]) {
  if (databaseUrl !== undefined || !existsSync(join(dataDir, "server.json"))) return
  const { url } = yield* EmbeddedPostgres.acquire({ dataDir })
  yield* EmbeddedPostgres.serverLock({ dataDir, url, port })
})

/** Loaded when it is needed: a server that has its data carries no demo shop around. */
const seedFirstRun = Effect.gen(function* () {
  if (!(yield* isFresh)) return
  const { seedDemo } = yield* Effect.promise(() => import("./seed/demo.ts"))
  if (yield* seedDemo) yield* Effect.logInfo("The demo shop is open")
})
