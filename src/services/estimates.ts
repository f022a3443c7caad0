/** How many rows there are about, as the planner thinks or samples tell. */
import { Cache, Effect, Option, Schema } from "effect"
import type { SqlClient, Statement } from "effect/sql"
import { ofList } from "./connections.ts"
import type { Total } from "./cursor.ts"
import { successesFor } from "./keeping.ts"
import { maxOffset } from "./model.ts"

/** Rows are counted up to the one before, where no sample tells of them. */
export const countTo = maxOffset + 1

/** A table with fewer rows is small: whatever is asked of it costs little. */
export const many = 2 * countTo

/** A statement as PostgreSQL gets it; equal ones are one key. */
export type Compiled = { readonly text: string; readonly params: ReadonlyArray<unknown> }

export const compiled = (statement: Statement.Statement<unknown>): Compiled => {
  const [text, params] = statement.compile()
  return { text, params }
}

const decodePlan = Schema.decodeUnknownEffect(
  Schema.Tuple([Schema.Struct({ Plan: Schema.Struct({ "Plan Rows": Schema.Finite }) })])
)

const keeping = { capacity: 100, timeToLive: successesFor("10 seconds") }

/** Each is kept for some seconds: filters that so many rows pass are few, and asked for by all. */
export const makeEstimates = Effect.fnUntraced(function* (sql: SqlClient.SqlClient) {
  const plan = Effect.fnUntraced(function* ({ text, params }: Compiled) {
    const [explained] = yield* sql.unsafe<Record<string, unknown>>(`${ofList} EXPLAIN (FORMAT JSON) ${text}`, params)
    const [root] = yield* decodePlan(explained?.["QUERY PLAN"])
    return root.Plan["Plan Rows"]
  })
  const count = Effect.fnUntraced(function* ({ text, params }: Compiled) {
    const [row] = yield* sql.unsafe<{ readonly count: number }>(text, params).unprepared
    return row?.count ?? 0
  })
  const planned = yield* Cache.makeWith(plan, keeping)
  const counted = yield* Cache.makeWith(count, keeping)
  const totalOf = (count: number): Total => ({ count: Math.max(countTo, Math.round(count)), estimated: true })
  const totals = yield* Cache.makeWith((asked: Compiled) => Effect.map(Cache.get(planned, asked), totalOf), keeping)
  return {
    /** As the planner thinks, which may be far off. */
    planned: (asked: Compiled) => Cache.get(planned, asked),
    /** What a statement counts of a sample. */
    counted: (sample: Compiled) => Cache.get(counted, sample),
    /** Of rows that are known to be more than are counted, as long as that is. */
    find: (asked: Compiled) => Effect.map(Cache.getSuccess(totals, asked), Option.getOrUndefined),
    get: (asked: Compiled) => Cache.get(totals, asked)
  }
})
