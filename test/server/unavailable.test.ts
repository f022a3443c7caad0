import { assert, layer } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { inject } from "vitest"
import { pool } from "../../src/layers/Postgres.ts"
import { freshDatabase } from "../support/database.ts"
import { eventually } from "../support/eventually.ts"
import { TestServer } from "../support/server.ts"
import { buyer } from "../support/shop.ts"

layer(TestServer.layer)("what cannot be answered now", (it) => {
  it.effect("says when to come again, and is done then", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const server = yield* TestServer
      const who = yield* buyer
      const change = server.patch("/api/v1/users/me", { full_name: "Amina Kaci" }, who)
      const held = yield* sql.withTransaction(
        Effect.andThen(sql`SELECT FROM users WHERE id = ${who.id} FOR UPDATE`, change)
      )
      assert.deepStrictEqual([held.status, held.json.error.code], [503, "UNAVAILABLE"])
      assert.deepStrictEqual([held.headers.get("retry-after"), held.json.error.retry_after], ["2", 2])
      assert.strictEqual((yield* change).json.data.full_name, "Amina Kaci")
    })
  )
})

const role = "zst_unavailable"

const onServer = <A, E>(work: (sql: SqlClient.SqlClient) => Effect.Effect<A, E>) =>
  Effect.orDie(
    Effect.provide(
      Effect.flatMap(SqlClient.SqlClient, work),
      pool({ url: Redacted.make(inject("postgresUrl")), maxConnections: 1 })
    )
  )

/** A database of somebody who is no superuser, whom PostgreSQL exempts from nothing. */
const ownDatabase = Effect.gen(function* () {
  yield* Effect.acquireRelease(
    onServer((sql) => sql.unsafe(`CREATE ROLE ${role} LOGIN PASSWORD 'secret'`).unprepared),
    () => onServer((sql) => sql.unsafe(`DROP ROLE ${role}`).unprepared)
  )
  const url = new URL(yield* freshDatabase)
  const grant = Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    for (const kind of ["TABLES", "SEQUENCES"]) {
      yield* sql.unsafe(`GRANT ALL ON ALL ${kind} IN SCHEMA public TO ${role}`).unprepared
    }
  })
  yield* Effect.orDie(Effect.provide(grant, pool({ url: Redacted.make(url.toString()), maxConnections: 1 })))
  url.username = role
  url.password = "secret"
  return url.toString()
})

layer(TestServer.over(ownDatabase))("a database that", (it) => {
  const cases: Readonly<Record<string, (database: string) => readonly [begin: string, end: string]>> = {
    "has no connection left for us": () => [
      `ALTER ROLE ${role} CONNECTION LIMIT 0`,
      `ALTER ROLE ${role} CONNECTION LIMIT -1`
    ],
    "takes no connections": (name) => [
      `ALTER DATABASE ${name} ALLOW_CONNECTIONS false`,
      `ALTER DATABASE ${name} ALLOW_CONNECTIONS true`
    ],
    "takes no writes": (name) => [
      `ALTER DATABASE ${name} SET default_transaction_read_only = on`,
      `ALTER DATABASE ${name} RESET default_transaction_read_only`
    ]
  }
  for (const [what, statements] of Object.entries(cases)) {
    it.effect(`${what} is a 503 for as long as that is so`, () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const server = yield* TestServer
        const who = yield* buyer
        const [{ name } = { name: "" }] = yield* sql<{ name: string }>`SELECT current_database() AS name`
        const [begin, end] = statements(name)
        const leave = (admin: SqlClient.SqlClient) =>
          admin`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ${name}`
        const change = server.patch("/api/v1/users/me", { full_name: "Amina Kaci" }, who)
        yield* onServer((admin) => Effect.andThen(admin.unsafe(begin).unprepared, leave(admin)))
        const { status, json } = yield* change
        yield* onServer((admin) => Effect.andThen(admin.unsafe(end).unprepared, leave(admin)))
        assert.deepStrictEqual([status, json.error?.code], [503, "UNAVAILABLE"], what)
        yield* eventually(change, (answer) => answer.status === 200)
      })
    )
  }

  it.effect("ends a connection answers 503 to who waits on it", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const server = yield* TestServer
      const who = yield* buyer
      const [{ name } = { name: "" }] = yield* sql<{ name: string }>`SELECT current_database() AS name`
      const waiting = onServer((admin) =>
        eventually(
          admin`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ${name} AND wait_event_type = 'Lock'`,
          (ended) => ended.length > 0
        )
      )
      const held = sql.withTransaction(
        Effect.gen(function* () {
          yield* sql`SELECT FROM users WHERE id = ${who.id} FOR UPDATE`
          const change = server.patch("/api/v1/users/me", { full_name: "Amina Kaci" }, who)
          return (yield* Effect.all([change, waiting], { concurrency: 2 }))[0]
        })
      )
      const { status, json } = yield* held
      assert.deepStrictEqual([status, json.error?.code], [503, "UNAVAILABLE"])
    })
  )
})
