import { Effect } from "effect"
import { Migrator, SqlClient } from "effect/sql"
import { migrations } from "../../migrations/index.ts"

const table = "zst_migrations"
/** Any number that no other advisory lock of this database uses. */
const lock = 7_305_001

const run = Migrator.make({})({ table, loader: Migrator.fromRecord(migrations) })

/** Brings the schema up to date, in one transaction; processes that start together take turns. */
export const migrate = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  return yield* Effect.gen(function* () {
    yield* sql`SELECT set_config('statement_timeout', '1h', true), set_config('lock_timeout', '10s', true)`
    yield* sql`SELECT pg_advisory_xact_lock(${lock})`
    return yield* run
  }).pipe(sql.withTransaction)
})

export type MigrationStatus = { readonly name: string; readonly applied_at: Date | null }

/** Every migration known here, with when it was applied. */
export const status = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const [known] = yield* sql<{ found: boolean }>`SELECT to_regclass(${table}) IS NOT NULL AS found`
  const applied = known?.found
    ? yield* sql<{ migration_id: number; created_at: Date }>`SELECT migration_id, created_at FROM ${sql(table)}`
    : []
  const at = new Map(applied.map((row) => [row.migration_id, row.created_at]))
  return Object.keys(migrations).map(
    (name): MigrationStatus => ({ name, applied_at: at.get(Number.parseInt(name, 10)) ?? null })
  )
})
