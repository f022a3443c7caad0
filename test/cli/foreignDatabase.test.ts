/** A database that was made by migrations which were rewritten since: said in one line, and nothing is touched. */
import { assert, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { migrate, status } from "../../src/layers/Migrations.ts"
import { pool } from "../../src/layers/Postgres.ts"
import { freshDatabase } from "../support/database.ts"
import { zst } from "./zst.ts"

const on = <A, E>(url: string, work: Effect.Effect<A, E, SqlClient.SqlClient>) =>
  Effect.provide(work, pool({ url: Redacted.make(url), maxConnections: 2 }))

const said = /^This database was made by another version \(its migration catalog differs\).*ZST_DATA_DIR/

it.live("is told from one that is only behind", () =>
  Effect.gen(function* () {
    const url = yield* freshDatabase
    // Its newest migration is still to come.
    yield* on(
      url,
      SqlClient.SqlClient.use((sql) =>
        Effect.all([
          sql`DROP TABLE event_consumers, events CASCADE`,
          sql`DROP FUNCTION IF EXISTS events_horizon(), events_since(bigint), events_announce() CASCADE`,
          sql`DELETE FROM zst_migrations WHERE migration_id = 13`,
          sql`DELETE FROM zst_migration_digests WHERE migration_id = 13`
        ])
      )
    )
    assert.deepStrictEqual(
      (yield* on(url, status)).filter(({ applied_at }) => applied_at === null).map(({ name }) => name),
      ["0013_events"]
    )
    yield* on(url, migrate)
    yield* on(
      url,
      SqlClient.SqlClient.use((sql) => sql`UPDATE zst_migration_digests SET digest = 'x' WHERE migration_id = 4`)
    )
    for (const work of [Effect.asVoid(migrate), Effect.asVoid(status)]) {
      assert.match((yield* Effect.flip(on(url, work))).message, said)
    }
    for (const args of [["serve"], ["migrate", "status"], ["users", "list"]]) {
      const { code, stderr } = yield* zst(args, { env: { DATABASE_URL: url } })
      assert.strictEqual(code, 1)
      assert.match(stderr, said)
      assert.lengthOf(stderr.trim().split("\n"), 1)
    }
    const doctor = yield* zst(["doctor"], { env: { DATABASE_URL: url } })
    assert.match(doctor.stdout, /Migrations +not ours/)
    // What is not marked at all was made before there were marks.
    yield* on(
      url,
      SqlClient.SqlClient.use((sql) => sql`DROP TABLE zst_migration_digests, jobs, jobs_migrations`)
    )
    assert.match((yield* Effect.flip(on(url, migrate))).message, /its migration users differs/)
    assert.deepStrictEqual(
      yield* on(
        url,
        SqlClient.SqlClient.use(
          (sql) => sql`SELECT to_regclass('jobs') AS jobs, to_regclass('zst_migration_digests') AS digests`
        )
      ),
      [{ jobs: null, digests: null }]
    )
  })
)

it.live("is told from a stranger's, of which nothing is touched", () =>
  Effect.gen(function* () {
    const url = yield* freshDatabase
    yield* on(
      url,
      SqlClient.SqlClient.use((sql) =>
        Effect.andThen(sql`CREATE SCHEMA theirs`, sql`CREATE VIEW theirs.users AS SELECT 1 AS id`)
      )
    )
    const theirs = `${url}?options=-csearch_path%3Dtheirs`
    const expected = /^This database holds tables that are not ours \(users\): name an empty one/
    for (const work of [Effect.asVoid(migrate), Effect.asVoid(status)]) {
      assert.match((yield* Effect.flip(on(theirs, work))).message, expected)
    }
    for (const args of [["migrate", "up"], ["migrate", "up", "--dry-run"], ["jobs", "list"], ["serve"]]) {
      const { code, stdout, stderr } = yield* zst(args, { env: { DATABASE_URL: theirs } })
      assert.deepStrictEqual([code, stdout], [1, ""], args.join(" "))
      assert.match(stderr, expected, args.join(" "))
    }
    const doctor = yield* zst(["doctor"], { env: { DATABASE_URL: theirs } })
    assert.match(doctor.stdout, /Migrations +not ours: This database holds tables that are not ours/)
    const tables = SqlClient.SqlClient.use(
      (sql) => sql`SELECT relname FROM pg_class WHERE relnamespace = 'theirs'::regnamespace`
    )
    assert.deepStrictEqual(yield* on(url, tables), [{ relname: "users" }])
  })
)

it.live("may be ahead of this version, which runs on it and says so", () =>
  Effect.gen(function* () {
    const url = yield* freshDatabase
    yield* on(
      url,
      SqlClient.SqlClient.use((sql) => sql`INSERT INTO zst_migrations (migration_id, name) VALUES (9999, 'tomorrow')`)
    )
    const env = { DATABASE_URL: url }
    const up = yield* zst(["migrate", "up"], { env })
    assert.deepStrictEqual([up.code, up.stdout], [0, "The schema is ahead of this version of ZST by 1 migration.\n"])
    assert.match((yield* zst(["migrate", "status"], { env })).stdout, /9999_tomorrow +\S+ +of a later version\n$/)
    assert.match((yield* zst(["doctor"], { env })).stdout, /Migrations +1 of a later version/)
  })
)
