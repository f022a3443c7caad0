import { Effect } from "effect"
import { Migrator, SqlClient } from "effect/sql"
import { migrations } from "../../migrations/index.ts"
import { makeQueueTables } from "./JobQueue.ts"
import { underMigrationLock } from "./migrationLock.ts"

const table = "zst_migrations"
const run = Migrator.make({})({ table, loader: Migrator.fromRecord(migrations) })

/** Brings the schema up to date: the queue's tables, then ours, which may build on them. */
export const migrate = Effect.andThen(makeQueueTables, underMigrationLock(run))

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
