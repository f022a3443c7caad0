/** What an order comes to: here alone, whoever places, moves, edits or returns. */

/** In centimes, far below what a number holds exactly: a thousand billion dinars. */
export const maxTotal = 100_000_000_000_000

/** The parts that live; where none does, those that came back; where none did, all. As `policy.ts` counts payments. */
const sumOf = (alias: string, column: string) => `coalesce(
    sum(${alias}.${column}) FILTER (WHERE ${alias}.status NOT IN ('cancelled', 'returned')),
    sum(${alias}.${column}) FILTER (WHERE ${alias}.status = 'returned'),
    sum(${alias}.${column})
  )::bigint`

/** The columns of orders that hold it, and the aggregates over an order's parts that they are, in this order. */
export const amountColumns = "subtotal, delivery_fee, total"
export const amountsOf = (alias: string) =>
  ["subtotal", "delivery_fee", "total"].map((column) => sumOf(alias, column)).join(", ")
