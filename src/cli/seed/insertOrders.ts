import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { countSold } from "../../services/orders/settleGoods.ts"
import { insertRows } from "./insertRows.ts"
import type { OrderRows } from "./orderRows.ts"

/** Writes orders, and what they did to their products. To be called in a transaction that holds the skus. */
export const insertOrders = Effect.fnUntraced(function* (rows: OrderRows) {
  const sql = yield* SqlClient.SqlClient
  yield* insertRows("orders", rows.orders)
  yield* insertRows("seller_orders", rows.seller_orders)
  yield* insertRows("order_items", rows.order_items)
  yield* insertRows("order_events", rows.order_events)
  yield* insertRows("stock_movements", rows.stock_movements)
  const taken = rows.stock_movements.map(({ sku_id, delta }) => ({ sku_id, delta }))
  yield* sql`UPDATE skus s SET stock = s.stock + t.delta
    FROM (SELECT sku_id, sum(delta)::int AS delta
      FROM json_to_recordset(${JSON.stringify(taken)}::text::json) AS m (sku_id uuid, delta int) GROUP BY sku_id) t
    WHERE s.id = t.sku_id`
  yield* countSold(
    sql,
    rows.delivered.map((id) => ({ id, sold: 1 }))
  )
})
