/**
 * Placing an order is one statement, so it happens whole or not at all in one round trip.
 *
 * `buyer` holds the user who orders, as People.hold does: its own row, which is all that decides, is read once locked.
 * `held` locks the products in id order and reads them as they are once locked; `sold` is empty unless everything asked
 * for can be had; and all else follows from `sold`. What comes back is the order as a read shows it, made of the rows
 * that were written, which the statement itself does not see in their tables; or `held`, so that a refusal says what was
 * at fault.
 */
import { firstOf } from "../json.ts"
import { columnOf } from "../wire.ts"
import { orderJsonIn } from "./orderSql.ts"

/** A product of an order that was refused. */
export type RefusedRow = {
  /** null: none was found, or the order was placed. */
  readonly product_id: string | null
  readonly product_name: string
  readonly status: string
  readonly stock: number | null
  readonly min_order_quantity: number
  readonly wilaya_known: boolean
}

/** null: the order was refused. */
export const placedJson = firstOf(orderJsonIn({ items: "lines", parts: "placed_parts", events: "events" }), "placed o")

/** A statement per shape, for a plan per shape: PostgreSQL guesses that an array has ten elements. */
const wanted = {
  one: `SELECT $1::uuid AS product_id, $2::int AS quantity, $3::uuid AS item_id, 1::bigint AS position`,
  many: `SELECT * FROM unnest($1::uuid[], $2::int[], $3::uuid[])
    WITH ORDINALITY AS w (product_id, quantity, item_id, position)`
}

const text = (shape: keyof typeof wanted) => `
WITH buyer AS MATERIALIZED (SELECT status FROM users WHERE id = $9::uuid FOR SHARE),
wanted AS (
  SELECT * FROM (${wanted[shape]}) w
  WHERE $9::uuid IS NULL OR (SELECT status = 'active' FROM buyer)
),
held AS MATERIALIZED (
  SELECT p.id, p.seller_id, p.status, p.name, p.name_ar, p.sku, p.image_media_id, p.image_url, p.price, p.stock,
    p.min_order_quantity, w.quantity, w.item_id, w.position
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
  RETURNING *
),
placed_parts AS (
  INSERT INTO seller_orders (id, order_id, seller_id, subtotal, total)
  SELECT id, $7::uuid, seller_id, subtotal, subtotal FROM parts
  RETURNING *
),
lines AS (
  INSERT INTO order_items (id, order_id, seller_order_id, product_id, name, name_ar, sku, media_id, image_url, price,
    quantity, stock_taken)
  SELECT s.item_id, $7::uuid, parts.id, s.id, s.name, s.name_ar, s.sku, s.image_media_id, s.image_url, s.price,
    s.quantity, s.stock IS NOT NULL
  FROM sold s JOIN parts ON parts.seller_id = s.seller_id
  RETURNING *
),
events AS (
  INSERT INTO order_events (id, order_id, status, actor, actor_id)
  SELECT uuidv7(), $7::uuid, 'pending', $18::text, $9::uuid FROM placed
  RETURNING *
)
SELECT ${columnOf(placedJson)}, h.id AS product_id, h.name AS product_name, h.status, h.stock, h.min_order_quantity,
  h.id IS NULL OR $6::smallint IS NULL OR EXISTS (SELECT FROM wilayas WHERE code = $6::smallint) AS wilaya_known
FROM (SELECT) whole LEFT JOIN held h ON NOT EXISTS (SELECT FROM placed)`

export const placeOne = text("one")
export const placeMany = text("many")
