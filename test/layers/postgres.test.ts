import { assert, it } from "@effect/vitest"
import { type Duration, Effect, Fiber, Redacted } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import { pool } from "../../src/layers/Postgres.ts"
import { ofCaller, ofList, ofSteadyList } from "../../src/services/connections.ts"
import { longPatience, mostPatience, Patience, usualPatience } from "../../src/services/patience.ts"
import { asBytes } from "../../src/services/wire.ts"
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

it.live("a transaction that may take long may take long from its first statement on", () =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const times = sql<{ statement: string; row: string }>`
      SELECT current_setting('statement_timeout') AS statement, current_setting('lock_timeout') AS row`
    const within = (patience: Duration.Duration) =>
      Effect.provideService(sql.withTransaction(times), Patience, patience)
    assert.deepStrictEqual(
      [yield* within(usualPatience), yield* within(longPatience), yield* within(mostPatience)],
      [[{ statement: "5s", row: "1s" }], [{ statement: "1min", row: "1s" }], [{ statement: "1h", row: "1s" }]]
    )
  }).pipe((look) =>
    Effect.flatMap(freshDatabase, (url) => Effect.provide(look, pool({ url: Redacted.make(url), maxConnections: 5 })))
  )
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

it.live("what is steady is planned once, and other lists each time, for no other process to help with", () =>
  Effect.gen(function* () {
    const url = yield* freshDatabase
    const modes = Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const mode = (begins: string) =>
        Effect.map(
          sql.unsafe<{ mode: string }>(
            `${begins} SELECT current_setting('plan_cache_mode') || ' ' || current_setting('max_parallel_workers_per_gather') AS mode`
          ),
          ([row]) => row?.mode
        )
      return yield* Effect.forEach([ofSteadyList, ofList, ofCaller, ""], mode)
    })
    assert.deepStrictEqual(yield* Effect.provide(modes, pool({ url: Redacted.make(url), maxConnections: 6 })), [
      "force_generic_plan 0",
      "force_custom_plan 0",
      "auto 2",
      "auto 2"
    ])
  })
)

it.live("letters that are written by their numbers are read where a database takes backslashes for its own", () =>
  Effect.gen(function* () {
    const url = yield* freshDatabase
    const asked = <A, E>(statement: (sql: SqlClient.SqlClient) => Effect.Effect<A, E>) =>
      Effect.flatMap(SqlClient.SqlClient, statement).pipe(
        Effect.provide(pool({ url: Redacted.make(url), maxConnections: 6 }))
      )
    const name = new URL(url).pathname.slice(1)
    yield* asked((sql) => sql`ALTER DATABASE ${sql(name)} SET standard_conforming_strings = off`)
    const [row] = yield* asked((sql) => sql<{ letter: string }>`SELECT ${sql.literal("U&'\\0639'")} AS letter`)
    assert.strictEqual(row?.letter, "ع")
  })
)

it.live("what was planned while a table was small reads no whole table once it has grown", () =>
  Effect.gen(function* () {
    const url = yield* freshDatabase
    const rowsRead = Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* sql`CREATE TABLE grown (id int PRIMARY KEY) WITH (autovacuum_enabled = off)`
      yield* sql`CREATE TABLE refers (id int REFERENCES grown)`
      yield* sql`INSERT INTO grown VALUES (1)`
      yield* sql`ANALYZE grown`
      // What a connection has counted is told by itself, at once.
      const write = sql`WITH w AS (INSERT INTO refers VALUES (1)) SELECT pg_stat_force_next_flush()`
      const read = sql`SELECT pg_stat_force_next_flush() FROM grown WHERE id = ${1}`
      const readOfCaller = sql`${sql.literal(ofCaller)} SELECT pg_stat_force_next_flush() FROM grown WHERE id = ${1}`
      const all = Effect.all([write, read, readOfCaller])
      yield* Effect.repeat(all, { times: 10 })
      yield* sql`INSERT INTO grown SELECT generate_series(2, 20000)`
      const seen = Effect.map(
        sql<{ rows: number }>`SELECT seq_tup_read AS rows FROM pg_stat_user_tables WHERE relname = 'grown'`,
        ([row]) => row?.rows ?? Number.NaN
      )
      const before = yield* seen
      yield* all
      return (yield* seen) - before
    })
    assert.strictEqual(yield* Effect.provide(rowsRead, pool({ url: Redacted.make(url), maxConnections: 6 })), 0)
  })
)

it.live("answers that come over many connections at once are whole, and bytes stay what they were", () =>
  Effect.gen(function* () {
    const url = yield* freshDatabase
    yield* Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const letters = [..."abcdefghijklmnopqrstuvwxyz"]
      const read = (letter: string) =>
        sql.unsafe<{ text: string; bytes: Uint8Array }>(
          `${letter < "n" ? ofList : ""} SELECT repeat('${letter}', 100000) AS text, repeat('${letter}', 1000)::text::${asBytes} AS bytes
           FROM generate_series(1, 5)`
        )
      const answers = yield* Effect.forEach(letters, read, { concurrency: "unbounded" })
      for (const [i, rows] of answers.entries()) {
        const letter = letters[i] ?? ""
        assert.lengthOf(rows, 5)
        for (const { text, bytes } of rows) {
          assert.isTrue(text === letter.repeat(100_000), letter)
          assert.strictEqual(Buffer.from(bytes).toString(), letter.repeat(1000))
        }
      }
    }).pipe(Effect.provide(pool({ url: Redacted.make(url), maxConnections: 12 })))
  })
)
