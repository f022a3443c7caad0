/** What an order is before it is placed, and why it may be refused. */

import type { UserId } from "../auth/model.ts"
import { ProductsNotFound } from "../cart/errors.ts"
import { judge, maxQuantity } from "../cart/policy.ts"
import { OutOfStock } from "../catalog/errors.ts"
import type { NamedWilaya } from "../delivery/Wilayas.ts"
import { invalidField, ValidationFailed } from "../errors.ts"
import { thousands } from "../text.ts"
import { TotalChanged } from "./errors.ts"
import type { Actor } from "./model.ts"
import { maxTotal } from "./money.ts"
import type { RefusedRow } from "./placeSql.ts"
import type { OrderLine, PlaceOrder } from "./requests.ts"

/** One of what is bought, by whatever it is called. */
export type Line = OrderLine & {
  /** Of a line that was in a cart. */
  readonly price_when_added?: number
}

export type Draft = {
  readonly id: string
  readonly number: string
  readonly user_id: UserId | null
  readonly actor: Extract<Actor, "customer" | "guest">
  /** A guest's, to be told once. */
  readonly token: string | undefined
  readonly order: PlaceOrder
  readonly wilaya: NamedWilaya | undefined
  readonly lines: ReadonlyArray<Line>
}

/** Whether both lines call the same thing by the same name. */
export const isSame = (a: OrderLine, b: OrderLine) => a.product_id === b.product_id && a.sku_id === b.sku_id

/** Lines that name a product alone, and nothing was found: it does not exist, or has several variants. */
export const unresolved = ({ order, lines }: Draft, rows: ReadonlyArray<RefusedRow>) =>
  lines.flatMap((line, index) => {
    const { product_id, sku_id } = line
    const row = rows[index]
    if (product_id === undefined || sku_id !== undefined) return []
    if (row?.sku_id != null && row.status !== "archived") return []
    return [{ field: `${fieldOf(order, line)}.sku_id`, product_id }]
  })

const named = ({ product_id, sku_id }: Line) => ({
  ...(product_id !== undefined && { product_id }),
  ...(sku_id !== undefined && { sku_id })
})

/** Why nothing was placed, of `rows`, a line each, as things were when they were locked. */
export const refusalOf = ({ order, lines }: Draft, rows: ReadonlyArray<RefusedRow>) => {
  const judged = lines.map((line, index) => {
    const row = rows[index]
    const found = row?.sku_id == null ? undefined : { ...row, sku_id: row.sku_id }
    return { line, found, verdict: found === undefined ? "not_on_sale" : judge(found, found.quantity) }
  })
  const at = (verdict: string) => judged.filter((one) => one.verdict === verdict)
  const unknown = at("not_on_sale")
  if (unknown.length > 0) return new ProductsNotFound({ details: unknown.map(({ line }) => named(line)) })
  const quantities = [
    ...at("below_minimum").map(({ line, found }) => ({
      line,
      message: `${order.items === undefined ? `“${found?.product_name}”` : "This product"} is sold from ${found?.min_order_quantity}`
    })),
    ...at("too_many").map(({ line }) => ({ line, message: tooMany }))
  ]
  if (quantities.length > 0) {
    return new ValidationFailed({
      details: quantities.map(({ line, message }) => ({
        field: order.items === undefined ? "from_cart" : `${fieldOf(order, line)}.quantity`,
        message
      }))
    })
  }
  const short = at("out_of_stock").flatMap(({ found }) => found ?? [])
  if (short.length > 0) {
    return new OutOfStock({
      details: [...new Map(short.map((row) => [row.sku_id, row])).values()].map(
        ({ product_id, sku_id, product_name, options, stock, quantity }) => ({
          product_id,
          sku_id,
          product_name,
          options,
          available: stock ?? 0,
          requested: quantity
        })
      )
    })
  }
  const bought = [
    ...new Map(judged.flatMap((one) => (one.found ? [[one.found.sku_id, { ...one, row: one.found }]] : []))).values()
  ]
  const total = bought.reduce((sum, { row }) => sum + row.price * row.quantity, 0)
  if (total <= maxTotal && order.expected_total !== undefined && order.expected_total !== total) {
    return new TotalChanged({
      details: [
        {
          expected_total: order.expected_total / 100,
          total: total / 100,
          items: bought.map(
            ({ line: { price_when_added }, row: { product_id, sku_id, product_name, options, quantity, price } }) => ({
              product_id,
              sku_id,
              product_name,
              options,
              quantity,
              price: price / 100,
              subtotal: (price * quantity) / 100,
              ...(price_when_added !== undefined && { price_when_added: price_when_added / 100 })
            })
          )
        }
      ]
    })
  }
  return invalidField(
    order.items === undefined ? "from_cart" : "items",
    "An order comes to 1,000,000,000,000 dinars at most"
  )
}

/** Where the customer first named it: what is named twice is one line. */
const fieldOf = ({ items = [] }: PlaceOrder, line: Line) => `items[${items.findIndex((item) => isSame(item, line))}]`

export const tooMany = `An order holds at most ${thousands(maxQuantity)} of a product`
