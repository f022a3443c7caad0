import { Effect } from "effect"
import * as EmbeddedPostgres from "../layers/EmbeddedPostgres.ts"
import { Database } from "../layers/Postgres.ts"
import { Settings } from "../layers/Settings.ts"
import { listening, prepared, Server } from "../server/main.ts"

/** Serves until it is told to stop. */
export const serve = Effect.gen(function* () {
  const { dataDir, port } = yield* Settings
  const { url, embedded } = yield* Database
  if (embedded) yield* EmbeddedPostgres.serverLock({ dataDir, url, port })
  yield* prepared
  const server = yield* listening
  yield* Effect.sync(() => process.stdout.write(`ZST listens on http://localhost:${server.port}\n`))
  return yield* Effect.never
}).pipe(Effect.scoped, Effect.provide(Server))
