/** Whether anything that people see or are owed has changed since it was looked at last. */
import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/** What changes by itself while nobody asks for anything, and who changes it. */
const apart = {
  jobs: "schedules and workers",
  job_effects: "jobs",
  event_consumers: "the consumers, as they read on",
  product_words: "the job that keeps them"
}

const tablesBut = Effect.fnUntraced(function* (sql: SqlClient.SqlClient, left: Array<string>) {
  const rows = yield* sql<{ name: string }>`
    SELECT table_name AS name FROM information_schema.tables
    WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY table_name`
  const names = rows.map(({ name }) => name)
  assert.includeMembers(names, left, "tables that are none")
  return names.filter((name) => !left.includes(name))
})

/** Those with what people see or are owed. */
export const tablesOfPeople = (sql: SqlClient.SqlClient) => tablesBut(sql, Object.keys(apart))

type Content = Readonly<Record<string, string>>

export const watch = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const tables = yield* tablesOfPeople(sql)
  const columns = tables.map(
    (table) => `(SELECT count(*) || ' ' || coalesce(sum(hashtextextended(t::text, 0)), 0) FROM ${table} t) AS ${table}`
  )
  const look = Effect.map(sql<Content>`SELECT ${sql.literal(columns.join(", "))}`, ([content]) => content ?? {})
  // Whoever writes anything takes a number, which is quicker to ask for than what was written.
  const newest = Effect.map(
    sql<{ newest: string }>`SELECT pg_snapshot_xmax(pg_current_snapshot())::text AS newest`,
    ([row]) => row?.newest
  )
  const both = Effect.all({ newest, content: look })
  let last: Effect.Success<typeof both> | undefined
  return {
    /** Whatever was changed was meant to be. */
    meant: Effect.sync(() => {
      last = undefined
    }),
    before: Effect.gen(function* () {
      last ??= yield* both
    }),
    assertUnchanged: Effect.fnUntraced(function* (what: string) {
      if (last === undefined || (yield* newest) === last.newest) return
      const now = yield* both
      const before = last.content
      assert.deepStrictEqual(
        tables.filter((table) => now.content[table] !== before[table]),
        [],
        `changed by ${what}`
      )
      last = now
    })
  }
})
