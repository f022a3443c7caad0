import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { patiently } from "../../services/patience.ts"

export type Row = Readonly<Record<string, unknown>>

/**
 * Inserts rows of one shape in one statement, as JSON that PostgreSQL reads by the table's own column types: there is
 * no limit of 65,535 parameters, and no list of types to keep.
 */
export const insertRows = Effect.fnUntraced(function* (table: string, rows: ReadonlyArray<Row>, onConflict = "") {
  const [first] = rows
  if (first === undefined) return
  const sql = yield* SqlClient.SqlClient
  const columns = sql.literal(
    Object.keys(first)
      .map((name) => `"${name}"`)
      .join(", ")
  )
  yield* sql`INSERT INTO ${sql(table)} (${columns})
    SELECT ${columns} FROM json_populate_recordset(NULL::${sql(table)}, ${JSON.stringify(rows)}::text::json)
    ${sql.literal(onConflict)}`
})

/** What a transaction of a seed may take; requests have five seconds a statement. */
export const seeding = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.flatMap(SqlClient.SqlClient, (sql) =>
    patiently(sql, "30 minutes", {
      lock_timeout: "30s",
      idle_in_transaction_session_timeout: "5min",
      gin_pending_list_limit: "262144"
    })(effect)
  )
