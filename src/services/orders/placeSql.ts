/**
 * Placing an order is one statement, so it happens whole or not at all in one round trip.
 *
 * `held` locks the products in id order and reads them as they are once locked; `sold` is empty unless everything asked
 * for can be had; and all else follows from `sold`. What comes back is `held`, so that a refusal says what was at fault.
 */
import { insertEvent } from "../events/eventType.ts"
import { orderPlaced } from "./events.ts"

export type PlacedRow = {
  readonly product_id: string
  readonly seller_id: string
  readonly shop_name: string | null
  readonly status: string
  readonly name: string
  readonly name_ar: string | null
  readonly sku: string | null
  readonly image_url: string | null
  readonly price: number
  readonly stock: number | null
  readonly min_order_quantity: number
  /** null: the order was refused. */
  readonly seller_order_id: string | null
  readonly created_at: Date | null
  readonly wilaya_known: boolean
}

/** A statement per shape, for a plan per shape: PostgreSQL guesses that an array has ten elements. */
const wanted = {
  one: `SELECT $1::uuid AS product_id, $2::int AS quantity, $3::uuid AS item_id, 1::bigint AS position`,
  many: `SELECT * FROM unnest($1::uuid[], $2::int[], $3::uuid[])
    WITH ORDINALITY AS w (product_id, quantity, item_id, position)`
}

const told = insertEvent(orderPlaced, {
  entity: "$7::uuid",
  payload: {
    id: "$7::uuid",
    order_number: "$8::text",
    user_id: "$9::uuid",
    total: "total",
    parts: "(SELECT jsonb_agg(jsonb_build_object('id', id, 'seller_id', seller_id)) FROM parts)"
  },
  from: "placed"
})

const text = (shape: keyof typeof wanted) => `
WITH wanted AS (${wanted[shape]}),
held AS MATERIALIZED (
  SELECT p.id, p.seller_id, p.status, p.name, p.name_ar, p.sku, p.image_url, p.price, p.stock, p.min_order_quantity,
    w.quantity, w.item_id, w.position
  FROM products p JOIN wanted w ON w.product_id = p.id
  ORDER BY p.id FOR NO KEY UPDATE OF p
),
sold AS MATERIALIZED (
  SELECT * FROM held WHERE (
    SELECT count(*) = $4::int
      AND bool_and(status = 'active' AND quantity >= min_order_quantity AND (stock IS NULL OR stock >= quantity))
      AND sum(price * quantity) <= $5::bigint
      AND ($6::smallint IS NULL OR EXISTS (SELECT FROM wilayas WHERE code = $6::smallint))
    FROM held)
),
taken AS (
  UPDATE products p SET stock = p.stock - s.quantity FROM sold s WHERE p.id = s.id AND s.stock IS NOT NULL
),
parts AS MATERIALIZED (
  SELECT uuidv7() AS id, seller_id, subtotal FROM (
    SELECT seller_id, sum(price * quantity)::bigint AS subtotal FROM sold GROUP BY seller_id ORDER BY min(position)
  ) s
),
placed AS (
  INSERT INTO orders (id, number, user_id, tracking_token_hash, customer_name, customer_phone, customer_email,
    wilaya_code, commune, address, notes, payment_method, subtotal, total)
  SELECT $7::uuid, $8::text, $9::uuid, $10::bytea, $11::text, $12::text, $13::text,
    $6::smallint, $14::text, $15::text, $16::text, $17::text, sum(subtotal)::bigint, sum(subtotal)::bigint
  FROM parts HAVING count(*) > 0
  RETURNING created_at, total
),
placed_parts AS (
  INSERT INTO seller_orders (id, order_id, seller_id, subtotal, total)
  SELECT id, $7::uuid, seller_id, subtotal, subtotal FROM parts
),
lines AS (
  INSERT INTO order_items (id, order_id, seller_order_id, product_id, name, name_ar, sku, image_url, price, quantity,
    stock_taken)
  SELECT s.item_id, $7::uuid, parts.id, s.id, s.name, s.name_ar, s.sku, s.image_url, s.price, s.quantity, s.stock IS NOT NULL
  FROM sold s JOIN parts ON parts.seller_id = s.seller_id
),
timeline AS (
  INSERT INTO order_events (id, order_id, status, actor, actor_id)
  SELECT uuidv7(), $7::uuid, 'pending', $18::text, $9::uuid FROM placed
),
told AS (
  ${told}
)
SELECT h.id AS product_id, h.seller_id, shops.shop_name, h.status, h.name, h.name_ar, h.sku, h.image_url, h.price,
  h.stock, h.min_order_quantity, parts.id AS seller_order_id, placed.created_at,
  $6::smallint IS NULL OR EXISTS (SELECT FROM wilayas WHERE code = $6::smallint) AS wilaya_known
FROM held h
LEFT JOIN parts ON parts.seller_id = h.seller_id
LEFT JOIN placed ON true
LEFT JOIN sellers shops ON shops.id = h.seller_id`

export const placeOne = text("one")
export const placeMany = text("many")
