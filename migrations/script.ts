import { Array as Arr, Effect } from "effect"
import { SqlClient } from "effect/sql"

const texts = new WeakMap<object, string>()

/** What a migration says and inserts, which tells it from another one of the same name; undefined: nobody knows. */
export const textOf = (migration: object) => texts.get(migration)

/** Runs DDL statements one after the other, as the extended protocol takes one statement a message; then the rest. */
export const script = <E = never, R = never>(statements: ReadonlyArray<string>, rest?: Effect.Effect<void, E, R>) => {
  const run = Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    for (const statement of statements) yield* sql.unsafe(statement)
    if (rest !== undefined) yield* rest
  })
  const inserts = rest === undefined ? "" : textOf(rest)
  if (inserts !== undefined) texts.set(run, [...statements, ...(inserts === "" ? [] : [inserts])].join(";\n"))
  return run
}

/** Inserts the rows that a schema begins with. `data`: what they are made of, when they have ids of their own each time. */
export const insertRows = <Row extends Readonly<Record<keyof Row, unknown>>>(
  table: string,
  rows: ReadonlyArray<Row>,
  data: ReadonlyArray<unknown> = rows
) => {
  const run = Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const records = rows.map((row): Record<string, unknown> => ({ ...row }))
    if (Arr.isReadonlyArrayNonEmpty(records)) yield* sql`INSERT INTO ${sql(table)} ${sql.insert(records)}`
  })
  texts.set(run, JSON.stringify([table, data]))
  return run
}
