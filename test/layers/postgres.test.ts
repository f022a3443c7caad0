import { assert, it } from "@effect/vitest"
import { Effect, Fiber, Redacted } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import { pool } from "../../src/layers/Postgres.ts"
import { ofCaller, ofList } from "../../src/services/connections.ts"
import { freshDatabase } from "../support/database.ts"

it.live("a transaction in which something failed is not taken for committed", () =>
  Effect.gen(function* () {
    const url = yield* freshDatabase
    yield* Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const undone = yield* Effect.flip(sql.withTransaction(Effect.ignore(sql`SELECT 1 / 0`)))
      assert.include(String(undone.reason.cause), "rolled back")
      assert.strictEqual(yield* sql.withTransaction(Effect.as(sql`SELECT 1`, "done")), "done")
    }).pipe(Effect.provide(pool({ url: Redacted.make(url), maxConnections: 3 })))
  })
)

it.live(
  "what asks for one thing waits for no list and for no search, neither of these for the other, and sign-in for none",
  () =>
    Effect.gen(function* () {
      const url = yield* freshDatabase
      yield* Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const one = sql`SELECT 1 AS one`
        const list = sql.unsafe(`${ofList} SELECT pg_sleep(0.5)`)
        const search = sql.unsafe("SELECT pg_sleep(0.5)").unprepared
        const many = (work: Effect.Effect<unknown, SqlError.SqlError>) =>
          Effect.forkScoped(
            Effect.forEach(Array.from({ length: 50 }), () => Effect.exit(work), { concurrency: "unbounded" })
          )
        yield* one
        const lists = yield* many(list)
        yield* Effect.sleep("100 millis")
        yield* one
        yield* sql`SELECT 1 AS one`.unprepared
        assert.isUndefined(lists.pollUnsafe())
        yield* Fiber.interrupt(lists)
        const searches = yield* many(search)
        yield* Effect.sleep("100 millis")
        yield* one
        yield* sql.unsafe(`${ofList} SELECT 1 AS one`)
        assert.isUndefined(searches.pollUnsafe())
        const reads = yield* many(sql`SELECT pg_sleep(0.5)`)
        yield* Effect.sleep("100 millis")
        yield* sql.unsafe(`${ofCaller} SELECT 1 AS one`)
        assert.isUndefined(reads.pollUnsafe())
      }).pipe(Effect.scoped, Effect.provide(pool({ url: Redacted.make(url), maxConnections: 8 })))
    })
)
