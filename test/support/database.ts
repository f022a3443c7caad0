import { randomUUID } from "node:crypto"
import { Effect, Layer, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { inject } from "vitest"
import { pool } from "../../src/layers/Postgres.ts"

export const databaseUrl = (url: string, database: string) => {
  const other = new URL(url)
  other.pathname = `/${database}`
  return other.toString()
}

const admin = Effect.fnUntraced(function* (statement: string) {
  const sql = yield* SqlClient.SqlClient
  yield* sql.unsafe(statement).unprepared
}, Effect.scoped)

/** A clone of the migrated template for this scope: its URL. */
export const freshDatabase = Effect.gen(function* () {
  const url = inject("postgresUrl")
  const onServer = pool({ url: Redacted.make(url), maxConnections: 2 })
  const name = `t_${randomUUID().replaceAll("-", "")}`
  yield* Effect.acquireRelease(Effect.provide(admin(`CREATE DATABASE ${name} TEMPLATE zst_template`), onServer), () =>
    Effect.orDie(Effect.provide(admin(`DROP DATABASE ${name} WITH (FORCE)`), onServer))
  )
  return databaseUrl(url, name)
})

/** A pool on a fresh database, for tests of services. */
export const TestDatabase = Layer.unwrap(
  Effect.map(freshDatabase, (url) => pool({ url: Redacted.make(url), maxConnections: 10 }))
)
