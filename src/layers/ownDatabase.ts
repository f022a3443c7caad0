/** Whether the database is one that this version can work on. */
import { createHash } from "node:crypto"
import { Effect, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { migrations } from "../../migrations/index.ts"
import { textOf } from "../../migrations/script.ts"

export const jobsTable = "jobs"
export const migrationsTable = "zst_migrations"
export const digestsTable = "zst_migration_digests"
export const queueMigrations = `${jobsTable}_migrations`

/** The database is somebody else's, or was made by migrations that were rewritten since: nothing leads from there to here. */
export class ForeignDatabase extends Schema.TaggedError<ForeignDatabase>()("ForeignDatabase", {
  message: Schema.String
}) {}

export const numberOf = (name: string) => Number.parseInt(name, 10)

/** What each migration says, by its number. */
export const digests: ReadonlyMap<number, string> = new Map(
  Object.entries(migrations).flatMap(([name, migration]) => {
    const text = textOf(migration)
    return text === undefined ? [] : [[numberOf(name), createHash("sha256").update(text).digest("hex")] as const]
  })
)

export const exists = Effect.fnUntraced(function* (name: string) {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{ found: boolean }>`SELECT to_regclass(${name}) IS NOT NULL AS found`
  return row?.found === true
})

const another = "name an empty one in DATABASE_URL, or for the embedded one another ZST_DATA_DIR, or remove its folder."

/**
 * What is there although nothing should be yet; the queue's tables may be, from a start that was cut off. That nothing was
 * applied is asked in the same statement: another process may just be applying it.
 */
const strangersTables = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<{ name: string }>`
    SELECT c.relname AS name FROM pg_class c
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
      AND to_regclass(${migrationsTable}) IS NULL
      AND c.relname NOT IN (${queueMigrations}, ${migrationsTable})
      AND (c.relname <> ${jobsTable} OR to_regclass(${queueMigrations}) IS NULL)
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
    ORDER BY 1 LIMIT 3`
})

/** Fails unless everything that was applied here is what this version would apply. */
export const requireOwn = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const applied = (yield* exists(migrationsTable))
    ? yield* sql<{
        migration_id: number
        name: string
      }>`SELECT migration_id, name FROM ${sql(migrationsTable)} ORDER BY 1`
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
