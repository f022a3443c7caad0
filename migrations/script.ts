import { Array as Arr, Effect } from "effect"
import { SqlClient } from "effect/sql"

/** Runs DDL statements one after the other: the extended protocol takes one statement a message. */
export const script = (statements: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    for (const statement of statements) yield* sql.unsafe(statement)
  })

/** Inserts the rows that a schema begins with. */
export const insertRows = <Row extends Readonly<Record<keyof Row, unknown>>>(table: string, rows: ReadonlyArray<Row>) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const records = rows.map((row): Record<string, unknown> => ({ ...row }))
    if (Arr.isReadonlyArrayNonEmpty(records)) yield* sql`INSERT INTO ${sql(table)} ${sql.insert(records)}`
  })
