/** How orders are read: PostgreSQL writes them as wire JSON. */
import type { SqlClient, Statement } from "effect/sql"
import type { UserId } from "../auth/model.ts"
import { dinars, utc } from "../sql.ts"

type Sql = SqlClient.SqlClient

const amounts = (alias: string) => `
  'subtotal', ${dinars(`${alias}.subtotal`)},
  'delivery_fee', ${dinars(`${alias}.delivery_fee`)},
  'total', ${dinars(`${alias}.total`)}`

const times = (alias: string) => `
  'created_at', ${utc(`${alias}.created_at`)},
  'updated_at', ${utc(`${alias}.updated_at`)}`

const delivery = `
  'customer_name', o.customer_name,
  'customer_phone', o.customer_phone,
  'wilaya_code', o.wilaya_code,
  'commune', o.commune,
  'address', o.address,
  'notes', o.notes`

const items = (condition: string) => `(
  SELECT coalesce(json_agg(json_build_object(
    'id', i.id,
    'product_id', i.product_id,
    'seller_order_id', i.seller_order_id,
    'name', i.name,
    'name_ar', i.name_ar,
    'sku', i.sku,
    'image_url', i.image_url,
    'price', ${dinars("i.price")},
    'quantity', i.quantity,
    'line_total', round(i.price * i.quantity::numeric / 100, 2)
  ) ORDER BY i.id), '[]') FROM order_items i WHERE ${condition})`

const timeline = (condition: string) => `(
  SELECT coalesce(json_agg(json_build_object(
    'status', e.status,
    'seller_order_id', e.seller_order_id,
    'actor', e.actor,
    'note', e.note,
    'created_at', ${utc("e.created_at")}
  ) ORDER BY e.created_at, e.id), '[]') FROM order_events e WHERE ${condition})`

const parts = `(
  SELECT coalesce(json_agg(json_build_object(
    'id', so.id,
    'seller', json_build_object('id', so.seller_id, 'shop_name', s.shop_name),
    'status', so.status,
    'payment_status', so.payment_status,
    ${amounts("so")},
    'tracking_number', so.tracking_number
  ) ORDER BY so.id), '[]')
  FROM seller_orders so LEFT JOIN sellers s ON s.id = so.seller_id WHERE so.order_id = o.id)`

/** An order as its customer sees it, over orders o. */
const whole = `
  'id', o.id,
  'number', o.number,
  'status', o.status,
  'payment_status', o.payment_status,
  'payment_method', o.payment_method,
  ${delivery},
  'customer_email', o.customer_email,
  ${amounts("o")},
  'items', ${items("i.order_id = o.id")},
  'seller_orders', ${parts},
  ${times("o")}`

/** An order as one of its sellers sees it, over orders o, seller_orders so and sellers s: nothing of the others. */
const ofSeller = `
  'id', o.id,
  'number', o.number,
  'status', so.status,
  'payment_status', so.payment_status,
  'payment_method', o.payment_method,
  ${delivery},
  'customer_email', NULL,
  ${amounts("so")},
  'items', ${items("i.seller_order_id = so.id")},
  'seller_orders', json_build_array(json_build_object(
    'id', so.id,
    'seller', json_build_object('id', so.seller_id, 'shop_name', s.shop_name),
    'status', so.status,
    'payment_status', so.payment_status,
    ${amounts("so")},
    'tracking_number', so.tracking_number
  )),
  ${times("so")}`

/** What one seller fulfils, over orders o and seller_orders so. */
const part = `
  'id', so.id,
  'order_id', o.id,
  'number', o.number,
  'status', so.status,
  'payment_status', so.payment_status,
  'payment_method', o.payment_method,
  ${delivery},
  ${amounts("so")},
  'tracking_number', so.tracking_number,
  'items', ${items("i.seller_order_id = so.id")},
  ${times("so")}`

const wholeTimeline = timeline("e.order_id = o.id")
const partTimeline = timeline("e.order_id = o.id AND (e.seller_order_id IS NULL OR e.seller_order_id = so.id)")

const json = (sql: Sql, fields: string) => sql.literal(`json_build_object(${fields})::text`)

export const listedOrderJson = (sql: Sql) => json(sql, whole)
export const listedPartJson = (sql: Sql) => json(sql, part)

type Row = { readonly json: string }

export const orderJson = (sql: Sql, condition: Statement.Fragment) => sql<Row>`
  SELECT ${json(sql, `${whole}, 'timeline', ${wholeTimeline}`)} AS json FROM orders o WHERE ${condition}`

export const orderJsonForSeller = (sql: Sql, order: string, seller: UserId) => sql<Row>`
  SELECT ${json(sql, `${ofSeller}, 'timeline', ${partTimeline}`)} AS json
  FROM orders o JOIN seller_orders so ON so.order_id = o.id LEFT JOIN sellers s ON s.id = so.seller_id
  WHERE o.id = ${order} AND so.seller_id = ${seller}`

export const partJson = (sql: Sql, part_id: string) => sql<Row>`
  SELECT ${json(sql, `${part}, 'timeline', ${partTimeline}`)} AS json
  FROM seller_orders so JOIN orders o ON o.id = so.order_id WHERE so.id = ${part_id}`
