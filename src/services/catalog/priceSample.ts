import { Effect } from "effect"
import type { SqlClient } from "effect/sql"
import { ofList } from "../connections.ts"
import { keptFor } from "../keeping.ts"
import { type ProductFilter, sample } from "./productSql.ts"

/** The prices of products, in centimes: what each costs at least, in ascending order, and what the same cost at most. */
type Prices = { readonly least: Float64Array; readonly most: Float64Array }

type Row = {
  readonly category: string | null
  readonly least: ReadonlyArray<number>
  readonly most: ReadonlyArray<number>
}

/**
 * How many products on sale a steady filter leaves about, as their sample told at most 10 s ago, of which 16 bytes are
 * kept for each product.
 */
export const makePriceSample = Effect.fnUntraced(function* (sql: SqlClient.SqlClient) {
  const read = sql<Row>`${sql.literal(ofList)}
    SELECT category_id AS category, json_agg(min_price ORDER BY min_price) AS least, json_agg(max_price ORDER BY min_price) AS most
    FROM products p WHERE status = 'active' AND ${sql.literal(sample.where)} GROUP BY category_id`.unprepared
  const pricesOf = (rows: ReadonlyArray<Row>): ReadonlyMap<string | null, Prices> =>
    new Map(
      rows.map(({ category, least, most }) => [
        category,
        { least: Float64Array.from(least), most: Float64Array.from(most) }
      ])
    )
  const recent = yield* keptFor(Effect.map(read, pricesOf), "10 seconds")
  return ({ categoryIds, minPrice: from, maxPrice: to }: ProductFilter) =>
    Effect.map(recent, (all) => {
      const asked = categoryIds?.flatMap((id) => all.get(id) ?? []) ?? [...all.values()]
      return sample.oneIn * asked.reduce((sum, prices) => sum + countBetween(prices, from, to), 0)
    })
})

/** Those that begin or end between; what begins below and ends above may have no price in between. */
const countBetween = ({ least, most }: Prices, from = 0, to = Number.POSITIVE_INFINITY) => {
  const first = firstFrom(least, from)
  let count = firstFrom(least, to + 1) - first
  for (const end of most.subarray(0, first)) if (end >= from && end <= to) count++
  return Math.max(0, count)
}

/** Where the first stands that is so much or more. */
const firstFrom = (ascending: Float64Array, value: number) => {
  let [from, to] = [0, ascending.length]
  while (from < to) {
    const middle = (from + to) >>> 1
    if ((ascending[middle] ?? 0) < value) from = middle + 1
    else to = middle
  }
  return from
}
