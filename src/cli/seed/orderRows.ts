/** Orders at any point of their life, as the rows that placing and moving them would have left behind. */

import { wilayas } from "../../../migrations/data/wilayas.ts"
import { hashOf, newToken } from "../../services/guestToken.ts"
import type { Actor, EntryKind, OrderStatus, PaymentStatus } from "../../services/orders/model.ts"
import { newNumber } from "../../services/orders/orderNumber.ts"
import {
  counting,
  givesStockBack,
  mayHaveTracking,
  paymentAfter,
  paymentOf,
  statusOf
} from "../../services/orders/policy.ts"
import type { Row } from "./insertRows.ts"
import type { Random } from "./random.ts"
import { uuidV7At } from "./uuid.ts"

export type SoldProduct = {
  readonly id: string
  readonly sku_id: string
  readonly seller_id: string
  readonly name: string
  readonly name_ar: string | null
  readonly image?: { readonly media_id: string; readonly image_url: string } | undefined
  readonly price: number
  readonly min_order_quantity: number
  /** What is left to sell; null when it is not tracked. Lowered as orders take from it. */
  stock: number | null
}

export type Buyer = {
  /** null: a guest. */
  readonly user_id: string | null
  readonly name: string
  readonly phone: string
  readonly wilaya_code: number
  readonly commune: string | null
  readonly address: string | null
}

export type Placed = {
  readonly id: string
  readonly at: number
  readonly buyer: Buyer
  readonly lines: ReadonlyArray<{ readonly product: SoldProduct; readonly quantity: number }>
  /** How far each seller brought its part. */
  readonly fateOf: (sellerId: string) => OrderStatus
}

export type OrderRows = {
  readonly orders: Array<Row>
  readonly seller_orders: Array<Row>
  readonly order_items: Array<Row>
  readonly order_events: Array<Row>
  readonly stock_movements: Array<Row>
  /** Parts that were delivered. */
  readonly delivered: Array<string>
}

type Rolls = { readonly random: Random /** No timeline goes beyond it. */; readonly now: number }

const hour = 3_600_000
const iso = (ms: number) => new Date(ms).toISOString()

export const emptyRows = (): OrderRows => ({
  orders: [],
  seller_orders: [],
  order_items: [],
  order_events: [],
  stock_movements: [],
  delivered: []
})

/** Adds one order with its parts, lines and timeline. */
export const addOrder = (rows: OrderRows, placed: Placed, rolls: Rolls) => {
  const { at, buyer } = placed
  const parts = [...Map.groupBy(placed.lines, ({ product }) => product.seller_id)].map(([seller, lines]) =>
    addPart(rows, placed, { seller, lines }, rolls)
  )
  const subtotal = counting(parts).reduce((sum, part) => sum + part.subtotal, 0)
  rows.orders.push({
    id: placed.id,
    order_number: newNumber(),
    user_id: buyer.user_id,
    tracking_token_hash: buyer.user_id === null ? `\\x${Buffer.from(hashOf(newToken())).toString("hex")}` : null,
    customer_name: buyer.name,
    customer_phone: buyer.phone,
    customer_wilaya_code: buyer.wilaya_code,
    customer_wilaya: wilayas.find(({ code }) => code === buyer.wilaya_code)?.name_fr ?? null,
    commune: buyer.commune,
    customer_address: buyer.address,
    status: statusOf(parts),
    payment_method: "cod",
    payment_status: paymentOf(parts),
    subtotal,
    delivery_fee: 0,
    total: subtotal,
    delivery_date: statusOf(parts) === "delivered" ? iso(Math.max(...parts.map((part) => part.changedAt))) : null,
    created_at: iso(at),
    updated_at: iso(Math.max(...parts.map((part) => part.changedAt)))
  })
  addEvent(rows, placed, { at, part: null, kind: "placed", from: null, to: "pending", by: customerOf(buyer) })
}

type Who = { readonly actor: Actor; readonly id: string | null }

const customerOf = ({ user_id }: Buyer): Who => ({ actor: user_id === null ? "guest" : "customer", id: user_id })

const addEvent = (
  rows: OrderRows,
  placed: Placed,
  event: {
    readonly at: number
    readonly part: string | null
    readonly kind: EntryKind
    readonly from: OrderStatus | null
    readonly to: OrderStatus
    readonly by: Who
  }
) =>
  rows.order_events.push({
    id: uuidV7At(event.at),
    order_id: placed.id,
    seller_order_id: event.part,
    kind: event.kind,
    from_status: event.from,
    to_status: event.to,
    actor: event.by.actor,
    actor_id: event.by.id,
    created_at: iso(event.at)
  })

const addPart = (
  rows: OrderRows,
  placed: Placed,
  { seller, lines }: { readonly seller: string; readonly lines: Placed["lines"] },
  rolls: Rolls
) => {
  const id = uuidV7At(placed.at)
  const status = placed.fateOf(seller)
  const subtotal = lines.reduce((sum, { product, quantity }) => sum + product.price * quantity, 0)
  const { changedAt, payment_status } = addTimeline(rows, placed, { id, seller, status }, rolls)
  rows.seller_orders.push({
    id,
    order_id: placed.id,
    seller_id: seller,
    status,
    payment_status,
    subtotal,
    delivery_fee: 0,
    total: subtotal,
    tracking_number: mayHaveTracking(status) ? `YAL-${String(rolls.random.below(1e6)).padStart(6, "0")}` : null,
    delivery_date: status === "delivered" ? iso(changedAt) : null,
    created_at: iso(placed.at),
    updated_at: iso(changedAt)
  })
  if (status === "delivered") rows.delivered.push(id)
  for (const line of lines) addLine(rows, { placed, part: id, status }, line)
  return { status, payment_status, subtotal, changedAt }
}

/** Each step, and between how many hours it takes. */
const journey: ReadonlyArray<readonly [status: OrderStatus, from: number, to: number]> = [
  ["confirmed", 1, 14],
  ["processing", 2, 20],
  ["shipped", 4, 24],
  ["delivered", 24, 80],
  ["returned", 24, 72]
]

const stepsTo = (status: OrderStatus, random: Random) => {
  if (status === "cancelled") return [{ status, hours: random.between(0.5, 20) }]
  const end = journey.findIndex(([name]) => name === status)
  return journey.slice(0, end + 1).map(([status, from, to]) => ({ status, hours: random.between(from, to) }))
}

const addTimeline = (
  rows: OrderRows,
  placed: Placed,
  part: { readonly id: string; readonly seller: string; readonly status: OrderStatus },
  { random, now }: Rolls
) => {
  const steps = stepsTo(part.status, random)
  // A timeline that would end in the future is pressed into the time there was.
  const wanted = steps.reduce((sum, { hours }) => sum + hours * hour, 0)
  const scale = Math.min(1, (now - placed.at) / (wanted + 1))
  const by: Who =
    part.status === "cancelled" && random.next() < 0.6 ? customerOf(placed.buyer) : { actor: "seller", id: part.seller }
  let changedAt = placed.at
  let payment_status: PaymentStatus = "pending"
  let from: OrderStatus = "pending"
  for (const { status, hours } of steps) {
    changedAt = Math.floor(changedAt + hours * hour * scale)
    payment_status = paymentAfter("cod", payment_status, status)
    addEvent(rows, placed, { at: changedAt, part: part.id, kind: "moved", from, to: status, by })
    from = status
  }
  return { changedAt, payment_status }
}

const addLine = (
  rows: OrderRows,
  { placed, part, status }: { readonly placed: Placed; readonly part: string; readonly status: OrderStatus },
  { product, quantity }: Placed["lines"][number]
) => {
  const stock_taken = product.stock !== null && !givesStockBack(status)
  if (stock_taken && product.stock !== null) product.stock -= quantity
  if (stock_taken) {
    const { actor, id } = customerOf(placed.buyer)
    rows.stock_movements.push({
      id: uuidV7At(placed.at),
      seller_id: product.seller_id,
      sku_id: product.sku_id,
      delta: -quantity,
      reason: "order",
      reference: part,
      actor,
      actor_id: id,
      created_at: iso(placed.at)
    })
  }
  rows.order_items.push({
    id: uuidV7At(placed.at),
    order_id: placed.id,
    seller_order_id: part,
    product_id: product.id,
    sku_id: product.sku_id,
    options: {},
    product_name: product.name,
    product_name_ar: product.name_ar,
    sku: null,
    media_id: product.image?.media_id ?? null,
    product_image: product.image?.image_url ?? null,
    price: product.price,
    quantity,
    stock_taken
  })
}
