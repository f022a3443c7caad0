/** What an order is before it is placed, and what becomes of it: its wire JSON, or why it was refused. */
import type { UserId } from "../auth/model.ts"
import { OutOfStock, ProductsNotFound } from "../cart/errors.ts"
import { judge } from "../cart/policy.ts"
import { encoded } from "../encoded.ts"
import { invalidField, ValidationFailed } from "../errors.ts"
import type { Actor, PlacedOrder, PlaceOrder } from "./model.ts"
import type { PlacedRow } from "./placeSql.ts"

/** In centimes, far below what a number holds exactly: a thousand billion dinars. */
export const maxTotal = 100_000_000_000_000

export type Line = { readonly id: string; readonly product_id: string; readonly quantity: number }

export type Draft = {
  readonly id: string
  readonly number: string
  readonly user_id: UserId | null
  readonly actor: Extract<Actor, "customer" | "guest">
  /** A guest's, to be told once. */
  readonly token: string | undefined
  readonly order: PlaceOrder
  readonly lines: ReadonlyArray<Line>
}

const dinars = (centimes: number) => centimes / 100

/** Built of what was just written, in the same shape that a read gives. */
export const placedJson = (draft: Draft, rows: ReadonlyArray<PlacedRow>, placed: Date) => {
  const { order } = draft
  const created_at = placed.toISOString()
  const products = new Map(rows.map((row) => [row.product_id, row]))
  const items: Array<object> = []
  const parts = new Map<string, { row: PlacedRow; subtotal: number }>()
  let subtotal = 0
  for (const { id, product_id, quantity } of draft.lines) {
    const row = products.get(product_id)
    if (row === undefined || row.seller_order_id === null) continue
    const { seller_order_id, name, name_ar, sku, image_url, price } = row
    const line_total = price * quantity
    const part = parts.get(seller_order_id)
    parts.set(seller_order_id, { row, subtotal: (part?.subtotal ?? 0) + line_total })
    subtotal += line_total
    items.push({
      id,
      product_id,
      seller_order_id,
      name,
      name_ar,
      sku,
      image_url,
      price: dinars(price),
      quantity,
      line_total: dinars(line_total)
    })
  }
  return encoded<PlacedOrder>(
    JSON.stringify({
      id: draft.id,
      number: draft.number,
      status: "pending",
      payment_status: "pending",
      payment_method: order.payment_method,
      customer_name: order.customer_name,
      customer_phone: order.customer_phone,
      wilaya_code: order.wilaya_code ?? null,
      commune: order.commune ?? null,
      address: order.address ?? null,
      notes: order.notes ?? null,
      customer_email: order.customer_email ?? null,
      subtotal: dinars(subtotal),
      delivery_fee: 0,
      total: dinars(subtotal),
      items,
      seller_orders: [...parts.values()].map((part) => placedPart(part.row, part.subtotal)),
      created_at,
      updated_at: created_at,
      timeline: [{ status: "pending", seller_order_id: null, actor: draft.actor, note: null, created_at }],
      tracking_token: draft.token
    })
  )
}

const placedPart = ({ seller_order_id, seller_id, shop_name }: PlacedRow, subtotal: number) => ({
  id: seller_order_id,
  seller: { id: seller_id, shop_name },
  status: "pending",
  payment_status: "pending",
  subtotal: dinars(subtotal),
  delivery_fee: 0,
  total: dinars(subtotal),
  tracking_number: null
})

/** Why nothing was placed, of `rows`, which are the products as they were when they were locked. */
export const refusalOf = ({ order, lines }: Draft, rows: ReadonlyArray<PlacedRow>) => {
  const products = new Map(rows.map((row) => [row.product_id, row]))
  const judged = lines.map(({ product_id, quantity }, index) => {
    const product = products.get(product_id)
    const verdict = product === undefined ? "not_on_sale" : judge(product, quantity)
    return { product_id, quantity, index, verdict, stock: product?.stock, minimum: product?.min_order_quantity }
  })
  const at = (verdict: string) => judged.filter((line) => line.verdict === verdict)
  const unknown = at("not_on_sale")
  if (unknown.length > 0) return new ProductsNotFound({ details: unknown.map(({ product_id }) => ({ product_id })) })
  if (rows[0]?.wilaya_known === false) return unknownWilaya
  const few = at("below_minimum")
  if (few.length > 0) {
    const field = (index: number) =>
      order.items === undefined ? "from_cart" : `items[${itemAt(order, lines, index)}].quantity`
    return new ValidationFailed({
      details: few.map(({ index, minimum }) => ({
        field: field(index),
        message: `This product is sold from ${minimum}`
      }))
    })
  }
  const short = at("out_of_stock")
  if (short.length > 0) {
    return new OutOfStock({
      details: short.map(({ product_id, quantity, stock }) => ({
        product_id,
        requested: quantity,
        available: stock ?? 0
      }))
    })
  }
  return invalidField("items", "An order comes to 1,000,000,000,000 dinars at most")
}

/** Where the customer first named the product of a line: a product named twice is one line. */
const itemAt = ({ items = [] }: PlaceOrder, lines: ReadonlyArray<Line>, index: number) =>
  items.findIndex(({ product_id }) => product_id === lines[index]?.product_id)

export const unknownWilaya = invalidField("wilaya_code", "There is no such wilaya")
