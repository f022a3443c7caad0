import { Effect } from "effect"
import type { SqlClient } from "effect/sql"
import { ofList } from "../connections.ts"
import { keptFor } from "../keeping.ts"
import { largeSample, type ProductFilter } from "./productSql.ts"

/** What products cost at least, in centimes and ascending order, and each price of those that have several. */
type Prices = { readonly least: Float64Array; readonly each: ReadonlyArray<ReadonlyArray<number> | null> }

type Row = {
  readonly category: string | null
  readonly least: ReadonlyArray<number>
  readonly each: ReadonlyArray<ReadonlyArray<number> | null>
}

/** Of a product of more prices the first and the last alone are kept. */
const mostKept = 16

const keptPrices = `CASE WHEN cardinality(prices) > ${mostKept} THEN ARRAY[min_price, max_price] ELSE prices END`

/**
 * How many products on sale a steady filter leaves about, as their sample told at most 10 s ago, of which some 16 bytes
 * are kept for each product and more for those of several prices.
 */
export const makePriceSample = Effect.fnUntraced(function* (sql: SqlClient.SqlClient) {
  // Prepared, so that it is a list's: what is planned for each time it is asked goes where searches wait.
  const read = sql<Row>`${sql.literal(ofList)}
    SELECT category_id AS category, json_agg(min_price ORDER BY min_price, id) AS least,
      json_agg(${sql.literal(keptPrices)} ORDER BY min_price, id) AS each
    FROM products p WHERE status = 'active' AND ${sql.literal(largeSample.where)} GROUP BY category_id`
  const pricesOf = (rows: ReadonlyArray<Row>): ReadonlyMap<string | null, Prices> =>
    new Map(rows.map(({ category, least, each }) => [category, { least: Float64Array.from(least), each }]))
  const recent = yield* keptFor(Effect.map(read, pricesOf), "10 seconds")
  return ({ categoryIds, minPrice: from, maxPrice: to }: ProductFilter) =>
    Effect.map(recent, (all) => {
      const asked = categoryIds?.flatMap((id) => all.get(id) ?? []) ?? [...all.values()]
      return largeSample.oneIn * asked.reduce((sum, prices) => sum + countBetween(prices, from, to), 0)
    })
})

/** Those of which some price is between. */
const countBetween = ({ least, each }: Prices, from = 0, to = Number.POSITIVE_INFINITY) => {
  const isBetween = (price: number) => price >= from && price <= to
  const first = firstFrom(least, from)
  let count = firstFrom(least, to + 1) - first
  for (let i = 0; i < first; i++) {
    if (each[i]?.some(isBetween)) count++
  }
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
