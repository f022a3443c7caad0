import { randomUUID } from "node:crypto"
import { Effect, Layer, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { inject } from "vitest"
import { pool } from "../../src/layers/Postgres.ts"
import { decoderOf } from "../../src/services/events/consumer.ts"

export const databaseUrl = (url: string, database: string) => {
  const other = new URL(url)
  other.pathname = `/${database}`
  return other.toString()
}

const admin = Effect.fnUntraced(function* (statement: string) {
  const sql = yield* SqlClient.SqlClient
  // Both write much at once, which a busy disk may not do in a statement's five seconds.
  const run = sql.unsafe(statement).unprepared
  yield* Effect.catchReason(run, "SqlError", "StatementTimeoutError", () => run)
}, Effect.scoped)

/** Dies when an event was written, by SQL or by the program, that is not what its type says. */
const checkEvents = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  // Loaded at the end, for what is measured or killed before that carries nothing of it.
  const { eventTypes } = yield* Effect.promise(() => import("../../src/layers/Background.ts"))
  const decoders = new Map(eventTypes.map(({ name, payload }) => [name, decoderOf(payload)]))
  const events = yield* sql<{ type: string; payload: unknown }>`SELECT type, payload FROM events`
  for (const { type, payload } of events) {
    const decoded = decoders.get(type)?.(payload) ?? Effect.void
    yield* Effect.mapError(
      decoded,
      ({ message }) => new Error(`An event ${type} is not what it was declared as: ${message}`)
    )
  }
}).pipe(Effect.orDie)

const madeOf = Effect.fnUntraced(function* (source: string, check: (url: string) => Effect.Effect<void>) {
  const server = inject("postgresUrl")
  const onServer = pool({ url: Redacted.make(server), maxConnections: 2 })
  const name = `t_${randomUUID().replaceAll("-", "")}`
  const url = databaseUrl(server, name)
  const drop = Effect.orDie(Effect.provide(admin(`DROP DATABASE ${name} WITH (FORCE)`), onServer))
  yield* Effect.acquireRelease(Effect.provide(admin(`CREATE DATABASE ${name} TEMPLATE ${source}`), onServer), () =>
    Effect.ensuring(check(url), drop)
  )
  return url
})

/** A clone of the migrated template for this scope: its URL. */
export const freshDatabase = madeOf("zst_template", (url) =>
  checkEvents.pipe(Effect.provide(pool({ url: Redacted.make(url), maxConnections: 1 })), Effect.scoped, Effect.orDie)
)

/** A database in which nothing is yet. */
export const emptyDatabase = madeOf("template0", () => Effect.void)

/** A pool on a fresh database, for tests of services. */
export const TestDatabase = Layer.unwrap(
  Effect.map(freshDatabase, (url) => pool({ url: Redacted.make(url), maxConnections: 10 }))
)
