import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { insertRows } from "./insertRows.ts"
import type { OrderRows } from "./orderRows.ts"

/** Writes orders, and what they did to their products. To be called in a transaction that holds the products. */
export const insertOrders = Effect.fnUntraced(function* (rows: OrderRows) {
  const sql = yield* SqlClient.SqlClient
  yield* insertRows("orders", rows.orders)
  yield* insertRows("seller_orders", rows.seller_orders)
  yield* insertRows("order_items", rows.order_items)
  yield* insertRows("order_events", rows.order_events)
  const effects = [...rows.effects].map(([id, effect]) => ({ id, ...effect }))
  yield* sql`UPDATE products p SET stock = p.stock - e.taken, sold_count = p.sold_count + e.sold
    FROM json_to_recordset(${JSON.stringify(effects)}::text::json) AS e (id uuid, taken int, sold int)
    WHERE p.id = e.id AND (e.taken > 0 OR e.sold > 0)`
})
