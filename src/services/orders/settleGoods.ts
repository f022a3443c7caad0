/** What a move of parts of an order does to the goods: whose row of the order is locked. */
import { Effect } from "effect"
import type { SqlClient } from "effect/sql"
import type { UserId } from "../auth/model.ts"
import type { Actor, OrderStatus } from "./model.ts"
import { givesStockBack, soldBy } from "./policy.ts"

type Sql = SqlClient.SqlClient

type Moved = {
  readonly parts: ReadonlyArray<{ readonly id: string; readonly status: OrderStatus }>
  readonly to: OrderStatus
  readonly actor: Actor
  readonly actor_id: UserId | null
}

/** What these lines hold goes back, once. Computed from the rows as they are once locked. */
const giveBack = (sql: Sql, { parts, to, actor, actor_id }: Moved) => sql`
  WITH given AS (
    UPDATE order_items SET stock_taken = false
    WHERE seller_order_id = ANY(${parts.map(({ id }) => id)}::uuid[]) AND stock_taken
    RETURNING sku_id, seller_order_id, quantity
  ),
  back AS (
    SELECT sku_id, seller_order_id, sum(quantity)::int AS quantity FROM given GROUP BY sku_id, seller_order_id
  ),
  held AS MATERIALIZED (
    SELECT s.id, s.stock FROM skus s WHERE s.id IN (SELECT sku_id FROM back) ORDER BY s.id FOR NO KEY UPDATE
  ),
  restocked AS (
    UPDATE skus s SET stock = h.stock + (SELECT sum(quantity) FROM back WHERE sku_id = h.id)
    FROM held h WHERE s.id = h.id AND h.stock IS NOT NULL
  )
  INSERT INTO stock_movements (id, sku_id, delta, reason, reference, actor, actor_id)
  SELECT uuidv7(), b.sku_id, b.quantity, ${to === "returned" ? "return" : "cancel"}, b.seller_order_id, ${actor},
    ${actor_id}::uuid
  FROM back b JOIN held h ON h.id = b.sku_id WHERE h.stock IS NOT NULL`

const countSold = (sql: Sql, { parts, to }: Moved) => sql`
  WITH changes AS (
    SELECT i.product_id, sum(m.sign * i.quantity)::int AS sold
    FROM unnest(${parts.map(({ id }) => id)}::uuid[], ${parts.map(({ status }) => soldBy(status, to))}::int[])
      AS m (id, sign)
    JOIN order_items i ON i.seller_order_id = m.id GROUP BY i.product_id
  ),
  held AS MATERIALIZED (
    SELECT p.id, p.sold_count FROM products p WHERE p.id IN (SELECT product_id FROM changes)
    ORDER BY p.id FOR NO KEY UPDATE
  )
  UPDATE products p SET sold_count = h.sold_count + c.sold
  FROM held h JOIN changes c ON c.product_id = h.id WHERE p.id = h.id`

/** Stock and sold counts. Skus are locked before products, each in id order. */
export const settleGoods = Effect.fnUntraced(function* (sql: Sql, moved: Moved) {
  if (givesStockBack(moved.to)) yield* giveBack(sql, moved)
  if (moved.parts.some(({ status }) => soldBy(status, moved.to) !== 0)) yield* countSold(sql, moved)
})
