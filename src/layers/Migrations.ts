import { Effect, Schema } from "effect"
import { Migrator, SqlClient } from "effect/sql"
import { migrations } from "../../migrations/index.ts"
import { makeQueueTables } from "./JobQueue.ts"
import { underMigrationLock, withoutTableLock } from "./migrationLock.ts"
import { digests, digestsTable, exists, migrationsTable, numberOf, requireOwn } from "./ownDatabase.ts"

const record = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`CREATE TABLE IF NOT EXISTS ${sql(digestsTable)} (migration_id int PRIMARY KEY, digest text NOT NULL)`
  const rows = JSON.stringify([...digests].map(([migration_id, digest]) => ({ migration_id, digest })))
  yield* sql`INSERT INTO ${sql(digestsTable)} SELECT * FROM json_to_recordset(${rows}::text::json)
    AS d (migration_id int, digest text) ON CONFLICT DO NOTHING`
})

type Known = Parameters<typeof Migrator.fromRecord>[0]

/** Applies what is missing of these: the queue's tables, then ours, which may build on them. A foreign database is left as it is. */
export const apply = (known: Known) => {
  const run = withoutTableLock(Migrator.make({})({ table: migrationsTable, loader: Migrator.fromRecord(known) }))
  return requireOwn.pipe(
    Effect.andThen(makeQueueTables),
    Effect.andThen(underMigrationLock(requireOwn.pipe(Effect.andThen(run), Effect.tap(record))))
  )
}

/** Brings the schema up to date. */
export const migrate = apply(migrations)

/** What is there is older than this version. */
export class SchemaBehind extends Schema.TaggedError<SchemaBehind>()("SchemaBehind", { message: Schema.String }) {}

export type MigrationStatus = {
  readonly name: string
  readonly applied_at: Date | null
  /** A later version applied it, which this one does not know. */
  readonly newer: boolean
}

/** Every migration known here, of a database in which none was applied. */
export const noneApplied: ReadonlyArray<MigrationStatus> = Object.keys(migrations).map((name) => ({
  name,
  applied_at: null,
  newer: false
}))

export const pendingOf = (all: ReadonlyArray<MigrationStatus>) => all.filter(({ applied_at }) => applied_at === null)

/** Fails when something is pending: for who may not change the schema. */
export const requireCurrent = Effect.fnUntraced(function* (all: ReadonlyArray<MigrationStatus>) {
  const { length } = pendingOf(all)
  if (length === 0) return
  const message = `${length} ${length === 1 ? "migration" : "migrations"} pending: run zst migrate up`
  return yield* new SchemaBehind({ message })
})

type Applied = { readonly migration_id: number; readonly name: string; readonly created_at: Date }

/** Every migration known here or applied there, with when that was. */
export const status = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* requireOwn
  const applied = (yield* exists(migrationsTable))
    ? yield* sql<Applied>`SELECT migration_id, name, created_at FROM ${sql(migrationsTable)} ORDER BY 1`
    : []
  const at = new Map(applied.map((row) => [row.migration_id, row.created_at]))
  const ours = Object.keys(migrations)
  const known = new Set(ours.map(numberOf))
  const newer = applied.filter((row) => !known.has(row.migration_id))
  return [
    ...ours.map((name): MigrationStatus => ({ name, applied_at: at.get(numberOf(name)) ?? null, newer: false })),
    ...newer.map(
      ({ migration_id: id, name, created_at }): MigrationStatus => ({
        name: `${String(id).padStart(4, "0")}_${name}`,
        applied_at: created_at,
        newer: true
      })
    )
  ]
})

/** For who serves or works, with a queue that has its tables: mostly there is nothing to do, which is told without a lock. */
export const migrateIfPending = Effect.flatMap(status, (all) =>
  pendingOf(all).length === 0 ? Effect.void : Effect.asVoid(migrate)
)
