/** What an order is before it is placed, and why it may be refused. */
import type { UserId } from "../auth/model.ts"
import { OutOfStock, ProductsNotFound } from "../cart/errors.ts"
import { judge } from "../cart/policy.ts"
import { invalidField, ValidationFailed } from "../errors.ts"
import type { Actor, PlaceOrder } from "./model.ts"
import type { RefusedRow } from "./placeSql.ts"

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

/** Why nothing was placed, of `rows`, which are the products as they were when they were locked. */
export const refusalOf = ({ order, lines }: Draft, rows: ReadonlyArray<RefusedRow>) => {
  const products = new Map(rows.map((row) => [row.product_id, row]))
  const judged = lines.map(({ product_id, quantity }, index) => {
    const product = products.get(product_id)
    const verdict = product === undefined ? "not_on_sale" : judge(product, quantity)
    return { product_id, quantity, index, verdict, product }
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
      details: few.map(({ index, product }) => ({
        field: field(index),
        message: `This product is sold from ${product?.min_order_quantity}`
      }))
    })
  }
  const short = at("out_of_stock")
  if (short.length > 0) {
    return new OutOfStock({
      details: short.map(({ product_id, quantity, product }) => ({
        product_id,
        product_name: product?.product_name ?? "",
        available: product?.stock ?? 0,
        requested: quantity
      }))
    })
  }
  return invalidField("items", "An order comes to 1,000,000,000,000 dinars at most")
}

/** Where the customer first named the product of a line: a product named twice is one line. */
const itemAt = ({ items = [] }: PlaceOrder, lines: ReadonlyArray<Line>, index: number) =>
  items.findIndex(({ product_id }) => product_id === lines[index]?.product_id)

export const unknownWilaya = invalidField("wilaya_code", "There is no such wilaya")
