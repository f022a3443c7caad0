import { createHash } from "node:crypto"
import { Effect, Schema } from "effect"
import { Migrator, SqlClient } from "effect/sql"
import { migrations } from "../../migrations/index.ts"
import { textOf } from "../../migrations/script.ts"
import { makeQueueTables } from "./JobQueue.ts"
import { underMigrationLock } from "./migrationLock.ts"

const table = "zst_migrations"
const digestsTable = "zst_migration_digests"

/** The database was made by migrations that were rewritten since: nothing leads from there to here. */
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

/** Fails unless everything that was applied here is what this version would apply. */
const requireOwn = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const applied = (yield* exists(table))
    ? yield* sql<{ migration_id: number; name: string }>`SELECT migration_id, name FROM ${sql(table)} ORDER BY 1`
    : []
  const known = (yield* exists(digestsTable))
    ? yield* sql<{ migration_id: number; digest: string }>`SELECT migration_id, digest FROM ${sql(digestsTable)}`
    : []
  const found = new Map(known.map(({ migration_id, digest }) => [migration_id, digest]))
  const other = applied.find(({ migration_id: id }) => digests.has(id) && found.get(id) !== digests.get(id))
  if (other === undefined) return
  return yield* new ForeignDatabase({
    message: `This database was made by another version (its migration ${other.name} differs), and nothing leads from there to this one: name an empty one in DATABASE_URL, or for the embedded one another ZST_DATA_DIR, or remove its folder.`
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

export type MigrationStatus = { readonly name: string; readonly applied_at: Date | null }

/** Every migration known here, with when it was applied. */
export const status = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* requireOwn
  const applied = (yield* exists(table))
    ? yield* sql<{ migration_id: number; created_at: Date }>`SELECT migration_id, created_at FROM ${sql(table)}`
    : []
  const at = new Map(applied.map((row) => [row.migration_id, row.created_at]))
  return Object.keys(migrations).map((name): MigrationStatus => ({ name, applied_at: at.get(numberOf(name)) ?? null }))
})
