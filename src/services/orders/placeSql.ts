/**
 * Placing an order is one statement, so it happens whole or not at all in one round trip.
 *
 * `buyer` holds the user who orders, as People.hold does, in its line: its own row, which is all that decides, is read once locked.
 * `held` locks the skus in id order, each with its product, and reads both as they are once locked: whoever changes what
 * is sold of a product locks its skus first, and then the product FOR UPDATE. After a weaker lock KEY SHARE, which waits
 * for no count of what was sold, would be given the product as it was. One that was named alone may have got a second
 * variant meanwhile: then nobody chose. `sold` is empty unless everything asked for can
 * be had; and all else follows from `sold`, which finds the pictures of what was locked: a table that is joined where one
 * waits is not read again. `taken` is a function, as it must see the skus as they are once locked: an
 * UPDATE of this statement would begin from the rows as they were before, and lock those too, which deadlocks with who
 * waits for them. What comes back is the order as a read shows it, made of the rows
 * that were written, which the statement itself does not see in their tables; or `held`, so that a refusal says what was
 * at fault.
 */
import { inLineOf } from "../auth/People.ts"
import { maxQuantity } from "../cart/policy.ts"
import type { Options } from "../catalog/skuModel.ts"
import { insertEvent } from "../events/eventType.ts"
import { firstOf } from "../json.ts"
import { columnOf } from "../wire.ts"
import { orderPlaced } from "./events.ts"
import { amountColumns, amountsOf } from "./money.ts"
import { orderJsonIn } from "./orderSql.ts"
import { placedText } from "./timeline.ts"

/** A line of an order that was refused. */
export type RefusedRow = {
  /** From 1, in the order of the lines; null: the order was placed, or nobody may. */
  readonly position: number | null
  /** null: nothing is called so, or a product that has not one variant. */
  readonly sku_id: string | null
  readonly product_id: string
  readonly product_name: string
  readonly options: Options
  /** All that was asked for of it, on several lines maybe. */
  readonly quantity: number
  readonly status: string
  readonly stock: number | null
  readonly min_order_quantity: number
  /** In centimes, of one. */
  readonly price: number
}

/** null: the order was refused. */
export const placedJson = firstOf(
  orderJsonIn({ items: "lines", parts: "placed_parts", events: "timeline", label: placedText }),
  "placed o"
)

/** What the statement is given, in its order; the first three are arrays when there are several lines. */
export const parameters = [
  "product_id",
  "sku_id",
  "quantity",
  "most_total",
  "wilaya_code",
  "id",
  "order_number",
  "user_id",
  "token_hash",
  "customer_name",
  "customer_phone",
  "customer_email",
  "commune",
  "customer_address",
  "notes",
  "payment_method",
  "actor",
  "wilaya",
  "expected_total"
] as const

type Parameter = (typeof parameters)[number]

/** Amounts are in centimes. */
export const parametersOf = (values: { readonly [name in Parameter]: unknown }) =>
  parameters.map((name) => values[name])

const $ = Object.fromEntries(parameters.map((name, index) => [name, `$${index + 1}`])) as Record<Parameter, string>

/** A statement per shape, for a plan per shape: PostgreSQL guesses that an array has ten elements. */
const lines = {
  one: `SELECT ${$.product_id}::uuid AS product_id, ${$.sku_id}::uuid AS sku_id, ${$.quantity}::int AS quantity, uuidv7() AS item_id, 1::bigint AS position`,
  // Names are texts, '' where there is none: the driver cannot tell the type of an array of nulls.
  many: `SELECT nullif(product_id, '')::uuid AS product_id, nullif(sku_id, '')::uuid AS sku_id, quantity, uuidv7() AS item_id, position
    FROM unnest(${$.product_id}::text[], ${$.sku_id}::text[], ${$.quantity}::int[])
    WITH ORDINALITY AS w (product_id, sku_id, quantity, position)`
}

/** A sku once, whether a line named it or its product. */
const wanted = {
  one: "SELECT sku, is_product, quantity, item_id, position FROM asked",
  many: `SELECT sku, bool_or(is_product) AS is_product, sum(quantity)::int AS quantity, (array_agg(item_id ORDER BY position))[1] AS item_id,
    min(position) AS position FROM asked GROUP BY sku`
}

const told = insertEvent(orderPlaced, {
  entity: `${$.id}::uuid`,
  payload: {
    id: `${$.id}::uuid`,
    order_number: `${$.order_number}::text`,
    user_id: `${$.user_id}::uuid`,
    total: "total",
    parts: "(SELECT jsonb_agg(jsonb_build_object('id', id, 'seller_id', seller_id)) FROM parts)"
  },
  from: "placed"
})

const text = (shape: keyof typeof wanted) => `
WITH buyer AS MATERIALIZED (
  SELECT status FROM users
  WHERE id = ${$.user_id}::uuid AND (SELECT count(*) > 0 FROM (SELECT ${inLineOf(`${$.user_id}::uuid`, "use")}) line) FOR SHARE),
asked AS MATERIALIZED (
  SELECT w.*, w.sku_id IS NULL AS is_product, CASE WHEN w.sku_id IS NULL
    THEN (SELECT (array_agg(k.id))[1] FROM skus k WHERE k.product_id = w.product_id AND NOT k.archived HAVING count(*) = 1)
    ELSE (SELECT k.id FROM skus k WHERE k.id = w.sku_id AND k.product_id = coalesce(w.product_id, k.product_id))
  END AS sku
  FROM (${lines[shape]}) w
  WHERE ${$.user_id}::uuid IS NULL OR (SELECT status = 'active' FROM buyer)
),
wanted AS MATERIALIZED (${wanted[shape]}),
held AS MATERIALIZED (
  SELECT s.id AS sku_id, s.code, s.options, s.stock, coalesce(s.price, p.price) AS price,
    s.image_id, p.image_media_id, p.image_url, p.id, p.seller_id, CASE WHEN s.archived THEN 'archived' ELSE p.status END AS status, p.name, p.name_ar,
    p.min_order_quantity, w.quantity, w.item_id, w.position, w.is_product AND p.variants_count > 1 AS is_unchosen
  FROM wanted w JOIN skus s ON s.id = w.sku JOIN products p ON p.id = s.product_id
  ORDER BY s.id FOR NO KEY UPDATE OF s FOR KEY SHARE OF p
),
sold AS MATERIALIZED (
  SELECT held.*, coalesce(i.media_id, image_media_id) AS media_id, coalesce(i.image_url, held.image_url) AS shown_url
  FROM held LEFT JOIN product_images i ON i.id = image_id
  WHERE (
    SELECT count(*) = (SELECT count(*) FROM wanted)
      AND bool_and(NOT is_unchosen AND status = 'active' AND quantity BETWEEN min_order_quantity AND ${maxQuantity}
        AND (stock IS NULL OR stock >= quantity))
      AND sum(price * quantity) <= ${$.most_total}::bigint
      AND (${$.expected_total}::bigint IS NULL OR sum(price * quantity) = ${$.expected_total}::bigint)
    FROM held)
),
taken AS MATERIALIZED (
  SELECT zst_take_stock(array_agg(sku_id), array_agg(quantity)) FROM sold WHERE stock IS NOT NULL HAVING count(*) > 0
),
parts AS MATERIALIZED (
  SELECT uuidv7() AS id, seller_id, subtotal, 0::bigint AS delivery_fee, subtotal AS total, 'pending' AS status FROM (
    SELECT seller_id, sum(price * quantity)::bigint AS subtotal FROM sold GROUP BY seller_id ORDER BY min(position)
  ) s
),
moved AS (
  INSERT INTO stock_movements (id, seller_id, sku_id, delta, reason, reference, actor, actor_id)
  SELECT uuidv7(), s.seller_id, s.sku_id, -s.quantity, 'order', parts.id, ${$.actor}::text, ${$.user_id}::uuid
  FROM sold s JOIN parts ON parts.seller_id = s.seller_id WHERE s.stock IS NOT NULL
),
placed AS (
  INSERT INTO orders (id, order_number, user_id, tracking_token_hash, customer_name, customer_phone, customer_email,
    customer_wilaya_code, customer_wilaya, commune, customer_address, notes, payment_method, ${amountColumns})
  SELECT ${$.id}::uuid, ${$.order_number}::text, ${$.user_id}::uuid, ${$.token_hash}::bytea, ${$.customer_name}::text, ${$.customer_phone}::text, ${$.customer_email}::text,
    ${$.wilaya_code}::smallint, ${$.wilaya}::text, ${$.commune}::text, ${$.customer_address}::text, ${$.notes}::text, ${$.payment_method}::text, ${amountsOf("parts")}
  FROM parts HAVING count(*) > 0 AND (SELECT count(*) FROM taken) IS NOT NULL
  RETURNING *
),
placed_parts AS (
  INSERT INTO seller_orders (id, order_id, seller_id, subtotal, delivery_fee, total)
  SELECT id, ${$.id}::uuid, seller_id, subtotal, delivery_fee, total FROM parts
  RETURNING *
),
lines AS (
  INSERT INTO order_items (id, order_id, seller_order_id, product_id, sku_id, options, product_name, product_name_ar, sku,
    media_id, product_image, price, quantity, stock_taken)
  SELECT s.item_id, ${$.id}::uuid, parts.id, s.id, s.sku_id, s.options, s.name, s.name_ar, s.code, s.media_id,
    s.shown_url, s.price, s.quantity, s.stock IS NOT NULL
  FROM sold s JOIN parts ON parts.seller_id = s.seller_id
  RETURNING *
),
timeline AS (
  INSERT INTO order_events (id, order_id, kind, to_status, actor, actor_id)
  SELECT uuidv7(), ${$.id}::uuid, 'placed', 'pending', ${$.actor}::text, ${$.user_id}::uuid FROM placed
  RETURNING *
),
told AS (
  ${told}
)
SELECT ${columnOf(placedJson)}, a.position::int, CASE WHEN a.is_product AND h.is_unchosen THEN NULL ELSE h.sku_id END AS sku_id,
  h.id AS product_id, h.name AS product_name, h.options, h.quantity,
  h.status, h.stock, h.min_order_quantity, h.price
FROM (SELECT) whole LEFT JOIN (asked a LEFT JOIN held h ON h.sku_id = a.sku) ON NOT EXISTS (SELECT FROM placed)
ORDER BY a.position`

export const placeOne = text("one")
export const placeMany = text("many")
