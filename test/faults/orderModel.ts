/**
 * What the documents say of orders, written a second time and differently, to hold the services against: one market of
 * two shops, whose every command is predicted before it runs.
 */
export type Outcome =
  | "ok"
  | "OutOfStock"
  | "OrderNotFound"
  | "OrderNotCancellable"
  | "OrderNotEditable"
  | "InvalidStatusTransition"

export type Status = "pending" | "confirmed" | "processing" | "shipped" | "delivered" | "cancelled" | "returned"
export const statuses = ["pending", "confirmed", "processing", "shipped", "delivered", "cancelled", "returned"] as const

export type Who = "buyer" | "otherBuyer" | "guest" | "shop0" | "shop1" | "admin"
export const everybody = ["buyer", "otherBuyer", "guest", "shop0", "shop1", "admin"] as const

export type Part = { readonly shop: 0 | 1; status: Status; payment: "pending" | "paid" | "refunded" | "failed" }
export type Line = { readonly product: number; readonly quantity: number; holds: boolean }
export type Order = { readonly by: "buyer" | "guest"; readonly parts: Array<Part>; readonly lines: Array<Line> }

/** DESIGN §5, and over `processing` for small shops. */
export const edges = new Set([
  "pending>confirmed",
  "confirmed>processing",
  "confirmed>shipped",
  "processing>shipped",
  "shipped>delivered",
  "pending>cancelled",
  "confirmed>cancelled",
  "processing>cancelled",
  "shipped>returned",
  "delivered>returned"
])

/** Products 0 and 2 are the first shop's, 1 and 3 the second's; 3 is not tracked. */
export const shopOf = (product: number): 0 | 1 => (product % 2 === 0 ? 0 : 1)

export class Market {
  readonly stock: Array<number | null> = [40, 40, 15, null]
  readonly sold = [0, 0, 0, 0]
  readonly orders: Array<Order> = []

  place(by: "buyer" | "guest", lines: ReadonlyArray<{ product: number; quantity: number }>): Outcome {
    const short = lines.some(({ product, quantity }) => (this.stock[product] ?? Number.POSITIVE_INFINITY) < quantity)
    if (short) return "OutOfStock"
    const held = lines.map(({ product, quantity }) => {
      const stock = this.stock[product] ?? null
      if (stock !== null) this.stock[product] = stock - quantity
      return { product, quantity, holds: stock !== null }
    })
    const shops = [...new Set(lines.map(({ product }) => shopOf(product)))]
    this.orders.push({
      by,
      lines: held,
      parts: shops.map((shop) => ({ shop, status: "pending", payment: "pending" }))
    })
    return "ok"
  }

  move(who: Who, order: Order, part: Part, to: Status): Outcome {
    if (who !== "admin" && who !== `shop${part.shop}`) return "OrderNotFound"
    if (part.status === to) return "ok"
    if (!edges.has(`${part.status}>${to}`)) return "InvalidStatusTransition"
    this.step(order, part, to)
    return "ok"
  }

  cancel(who: Who, order: Order): Outcome {
    if (who !== "admin" && who !== order.by) return "OrderNotFound"
    const open = order.parts.filter(({ status }) => status !== "cancelled")
    if (open.some(({ status }) => !edges.has(`${status}>cancelled`))) return "OrderNotCancellable"
    for (const part of open) this.step(order, part, "cancelled")
    return "ok"
  }

  edit(who: Who, order: Order): Outcome {
    if (who !== "admin" && who !== order.by) return "OrderNotFound"
    const open = order.parts.filter(({ status }) => status !== "cancelled")
    return open.length > 0 && open.every(({ status }) => status === "pending") ? "ok" : "OrderNotEditable"
  }

  restock(product: number, stock: number): Outcome {
    this.stock[product] = stock
    return "ok"
  }

  private step(order: Order, part: Part, to: Status) {
    for (const line of order.lines) {
      if (shopOf(line.product) !== part.shop) continue
      const stock = this.stock[line.product] ?? null
      const sold = this.sold[line.product] ?? 0
      if ((to === "cancelled" || to === "returned") && line.holds) {
        line.holds = false
        if (stock !== null) this.stock[line.product] = stock + line.quantity
      }
      if (to === "delivered") this.sold[line.product] = sold + line.quantity
      if (part.status === "delivered") this.sold[line.product] = sold - line.quantity
    }
    if (to === "delivered") part.payment = "paid"
    else if (to === "returned") part.payment = part.status === "delivered" ? "refunded" : "failed"
    part.status = to
  }
}

/** Who still pays, else who got back what they paid, else nobody. */
const payers = ({ parts }: Order) => {
  const groups = [
    parts.filter(({ status }) => !["cancelled", "returned"].includes(status)),
    parts.filter(({ status }) => status === "returned"),
    parts
  ]
  return groups.find(({ length }) => length > 0) ?? parts
}

/** What an order comes to, at this price a piece. */
export const orderTotal = (order: Order, price: number) => {
  const shops = payers(order).map(({ shop }) => shop)
  return order.lines.reduce((sum, line) => sum + (shops.includes(shopOf(line.product)) ? price * line.quantity : 0), 0)
}

export const orderPayment = (order: Order) => {
  const payments = new Set(payers(order).map(({ payment }) => payment))
  return (["pending", "failed", "paid", "refunded"] as const).find((payment) => payments.has(payment)) ?? "pending"
}

/** The least advanced part that is not cancelled says where an order is. */
export const orderStatus = ({ parts }: Order): Status => {
  const order = ["pending", "confirmed", "processing", "shipped", "delivered", "returned", "cancelled"] as const
  const ranks = parts.map(({ status }) => order.indexOf(status))
  return order[Math.min(...ranks)] ?? "cancelled"
}
