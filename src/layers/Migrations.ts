import { createHash } from "node:crypto"
import { Effect, Schema } from "effect"
import { Migrator, SqlClient } from "effect/sql"
import { migrations } from "../../migrations/index.ts"
import { textOf } from "../../migrations/script.ts"
import { jobsTable, makeQueueTables } from "./JobQueue.ts"
import { underMigrationLock } from "./migrationLock.ts"

const table = "zst_migrations"
const digestsTable = "zst_migration_digests"

/** The database is somebody else's, or was made by migrations that were rewritten since: nothing leads from there to here. */
export class ForeignDatabase extends Schema.TaggedError<ForeignDatabase>()("ForeignDatabase", {
  message: Schema.String
}) {}

const numberOf = (name: string) => Number.parseInt(name, 10)

/** What each migration says, by its number. */
const digests: ReadonlyMap<number, string> = new Map(
  Object.entries(migrations).flatMap(([name, migration]) => {
    const text = textOf(migration)
    return text === undefined ? [] : [[numberOf(name), createHash("sha256").update(text).digest("hex")] as const]
  })
)

const exists = Effect.fnUntraced(function* (name: string) {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{ found: boolean }>`SELECT to_regclass(${name}) IS NOT NULL AS found`
  return row?.found === true
})

const another = "name an empty one in DATABASE_URL, or for the embedded one another ZST_DATA_DIR, or remove its folder."

/** Tables where there should be none yet; the queue's may be there from a start that was cut off. */
const strangersTables = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<{ name: string }>`
    SELECT c.relname AS name FROM pg_class c
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
      AND c.relname NOT IN (${jobsTable}, ${`${jobsTable}_migrations`}, ${table})
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
    ORDER BY 1 LIMIT 3`
})

/** Fails unless everything that was applied here is what this version would apply. */
const requireOwn = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const applied = (yield* exists(table))
    ? yield* sql<{ migration_id: number; name: string }>`SELECT migration_id, name FROM ${sql(table)} ORDER BY 1`
    : []
  const strange = applied.length === 0 ? yield* strangersTables : []
  if (strange.length > 0) {
    const names = strange.map(({ name }) => name).join(", ")
    return yield* new ForeignDatabase({
      message: `This database holds tables that are not ours (${names}): ${another}`
    })
  }
  const known = (yield* exists(digestsTable))
    ? yield* sql<{ migration_id: number; digest: string }>`SELECT migration_id, digest FROM ${sql(digestsTable)}`
    : []
  const found = new Map(known.map(({ migration_id, digest }) => [migration_id, digest]))
  const other = applied.find(({ migration_id: id }) => digests.has(id) && found.get(id) !== digests.get(id))
  if (other === undefined) return
  return yield* new ForeignDatabase({
    message: `This database was made by another version (its migration ${other.name} differs), and nothing leads from there to this one: ${another}`
  })
})

const record = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`CREATE TABLE IF NOT EXISTS ${sql(digestsTable)} (migration_id int PRIMARY KEY, digest text NOT NULL)`
  const rows = JSON.stringify([...digests].map(([migration_id, digest]) => ({ migration_id, digest })))
  yield* sql`INSERT INTO ${sql(digestsTable)} SELECT * FROM json_to_recordset(${rows}::text::json)
    AS d (migration_id int, digest text) ON CONFLICT DO NOTHING`
})

const run = Migrator.make({})({ table, loader: Migrator.fromRecord(migrations) })

/** Brings the schema up to date: the queue's tables, then ours, which may build on them. A foreign database is left as it is. */
export const migrate = requireOwn.pipe(
  Effect.andThen(makeQueueTables),
  Effect.andThen(underMigrationLock(requireOwn.pipe(Effect.andThen(run), Effect.tap(record))))
)

export type MigrationStatus = {
  readonly name: string
  readonly applied_at: Date | null
  /** A later version applied it, which this one does not know. */
  readonly newer: boolean
}

type Applied = { readonly migration_id: number; readonly name: string; readonly created_at: Date }

/** Every migration known here or applied there, with when that was. */
export const status = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* requireOwn
  const applied = (yield* exists(table))
    ? yield* sql<Applied>`SELECT migration_id, name, created_at FROM ${sql(table)} ORDER BY 1`
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
