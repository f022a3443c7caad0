import * as fs from "node:fs"
import { join, resolve } from "node:path"
import { PgConnection } from "@effect/sql-pg"
import { Effect, type Redacted, Schema } from "effect"
import { EmbeddedPostgresError } from "./error.ts"
import { keepSession, SERVER, tryLock } from "./session.ts"
import { isAlive, onFiles, pause } from "./system.ts"

const Holder = Schema.fromJsonString(Schema.Struct({ pid: Schema.Int, port: Schema.Int }))
const decodeHolder = Schema.decodeUnknownEffect(Holder)
const encodeHolder = Schema.encodeEffect(Holder)

/** A holder that was killed is still connected for a moment; one that has just started has not said who it is. */
const PATIENCE_MS = 2000

/**
 * Makes this process the only server on an embedded data directory until the scope closes. `url` is `acquire`'s, `port`
 * the one that the server listens on. Only the lock counts; `server.json` just tells who holds it.
 */
export const serverLock = Effect.fn("EmbeddedPostgres.serverLock")(function* (options: {
  readonly dataDir: string
  readonly url: Redacted.Redacted
  readonly port: number
}) {
  const dataDir = resolve(options.dataDir)
  const file = join(dataDir, "server.json")
  const open = Effect.gen(function* () {
    const connection = yield* PgConnection.make({ url: options.url, applicationName: "zst server" })
    yield* lock(connection, dataDir, file)
    const holder = yield* Effect.orDie(encodeHolder({ pid: process.pid, port: options.port }))
    yield* onFiles(file, () => fs.writeFileSync(file, holder))
    return { connection }
  }).pipe(
    Effect.catchTag(
      "SqlError",
      ({ message }) => new EmbeddedPostgresError({ message: `Cannot lock ${dataDir}: ${message}.` })
    )
  )
  const forget = Effect.ignore(onFiles(file, () => fs.rmSync(file, { force: true })))
  yield* keepSession(open, () => forget)
})

const lock = Effect.fnUntraced(function* (connection: PgConnection.PgConnection, dataDir: string, file: string) {
  const limit = performance.now() + PATIENCE_MS
  while (!(yield* tryLock(connection, `pg_try_advisory_lock${SERVER}`))) {
    const holder = yield* readHolder(file)
    const known = holder !== undefined && isAlive(holder.pid)
    if (known || performance.now() > limit) {
      const who = known ? ` (pid ${holder.pid}, http://localhost:${holder.port})` : ""
      return yield* new EmbeddedPostgresError({
        message: `The data directory ${dataDir} is in use by another zst server${who}. Stop it, or set ZST_DATA_DIR to another directory.`
      })
    }
    yield* pause(20)
  }
})

const readHolder = (file: string) =>
  Effect.try(() => fs.readFileSync(file, "utf8")).pipe(
    Effect.flatMap((text) => decodeHolder(text)),
    Effect.orElseSucceed(() => undefined)
  )
