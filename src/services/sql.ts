import type { SqlClient } from "effect/sql"

/** `SET` of an update: the changed columns, and the time of the change. */
export const changesOf = (sql: SqlClient.SqlClient, changes: Readonly<Record<string, unknown>>) =>
  sql.csv([
    ...Object.entries(changes).map(([column, value]) => sql`${sql(column)} = ${value}`),
    sql`updated_at = now()`
  ])
