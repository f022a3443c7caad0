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

const idsOf = ({ parts }: Moved) => parts.map(({ id }) => id)

const holdSkus = (sql: Sql, moved: Moved) => sql`
  SELECT FROM skus WHERE id IN (
    SELECT sku_id FROM order_items WHERE seller_order_id = ANY(${idsOf(moved)}::uuid[]) AND stock_taken
  ) ORDER BY id FOR NO KEY UPDATE`

const holdProducts = (sql: Sql, moved: Moved) => sql`
  SELECT FROM products WHERE id IN (
    SELECT product_id FROM order_items WHERE seller_order_id = ANY(${idsOf(moved)}::uuid[])
  ) ORDER BY id FOR NO KEY UPDATE`

/** What these lines hold goes back, once; a product that was sold out is told. */
const giveBack = Effect.fnUntraced(function* (sql: Sql, moved: Moved) {
  const { to, actor, actor_id } = moved
  yield* sql`
    WITH given AS (
      UPDATE order_items SET stock_taken = false
      WHERE seller_order_id = ANY(${idsOf(moved)}::uuid[]) AND stock_taken
      RETURNING sku_id, seller_order_id, quantity
    ),
    restocked AS (
      UPDATE skus s SET stock = s.stock + g.quantity
      FROM (SELECT sku_id, sum(quantity)::int AS quantity FROM given GROUP BY sku_id) g
      WHERE s.id = g.sku_id AND s.stock IS NOT NULL
    )
    INSERT INTO stock_movements (id, seller_id, sku_id, delta, reason, reference, actor, actor_id)
    SELECT uuidv7(), p.seller_id, g.sku_id, sum(g.quantity), ${to === "returned" ? "return" : "cancel"}, g.seller_order_id,
      ${actor}, ${actor_id}::uuid
    FROM given g JOIN skus s ON s.id = g.sku_id JOIN products p ON p.id = s.product_id
    WHERE s.stock IS NOT NULL GROUP BY p.seller_id, g.sku_id, g.seller_order_id`
})

/** What parts that are delivered, `sold` 1, add to the figures of their products, and what comes back, -1, takes from them. */
export const countSold = (sql: Sql, parts: ReadonlyArray<{ readonly id: string; readonly sold: number }>) => sql`
  UPDATE products p
  SET sold_count = p.sold_count + c.pieces, sold_orders = p.sold_orders + c.orders, revenue = p.revenue + c.revenue
  FROM (
    SELECT product_id, sum(pieces)::bigint AS pieces, sum(sold)::bigint AS orders, sum(revenue)::bigint AS revenue
    FROM (
      SELECT i.product_id, m.sold, sum(m.sold * i.quantity) AS pieces, sum(m.sold * i.quantity * i.price) AS revenue
      FROM unnest(${parts.map(({ id }) => id)}::uuid[], ${parts.map(({ sold }) => sold)}::int[]) AS m (id, sold)
      JOIN order_items i ON i.seller_order_id = m.id GROUP BY i.product_id, m.id, m.sold
    ) of_part GROUP BY product_id
  ) c
  WHERE p.id = c.product_id`

/**
 * Stock, and the figures of what was sold. Skus are locked before products, each in id order, by a statement of its own: one that locks rows
 * and updates them begins its update from the rows as they were before it waited, and deadlocks with who waits for those.
 */
export const settleGoods = Effect.fnUntraced(function* (sql: Sql, moved: Moved) {
  const isGiven = givesStockBack(moved.to)
  const counted = moved.parts.map(({ id, status }) => ({ id, sold: soldBy(status, moved.to) }))
  const isCounted = counted.some(({ sold }) => sold !== 0)
  if (isGiven) yield* holdSkus(sql, moved)
  if (isGiven || isCounted) yield* holdProducts(sql, moved)
  if (isGiven) yield* giveBack(sql, moved)
  if (isCounted) yield* countSold(sql, counted)
})
