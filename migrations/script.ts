import { Array as Arr, Effect } from "effect"
import { SqlClient } from "effect/sql"

const texts = new WeakMap<object, string>()

/** Runs DDL statements one after the other, as the extended protocol takes one statement a message; then the rest. */
export const script = <E = never, R = never>(statements: ReadonlyArray<string>, rest?: Effect.Effect<void, E, R>) => {
  const run = Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    for (const statement of statements) yield* sql.unsafe(statement)
    if (rest !== undefined) yield* rest
  })
  texts.set(run, statements.join(";\n"))
  return run
}

/** The statements of a script, which tell it from another one of the same name; undefined: it is no script. */
export const textOf = (migration: object) => texts.get(migration)

/** Inserts the rows that a schema begins with. */
export const insertRows = <Row extends Readonly<Record<keyof Row, unknown>>>(table: string, rows: ReadonlyArray<Row>) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const records = rows.map((row): Record<string, unknown> => ({ ...row }))
    if (Arr.isReadonlyArrayNonEmpty(records)) yield* sql`INSERT INTO ${sql(table)} ${sql.insert(records)}`
  })
