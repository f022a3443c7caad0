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
    assert.match(doctor.stdout, /Migrations +another version's/)
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
