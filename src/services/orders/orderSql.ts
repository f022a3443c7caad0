/** How orders are read, and how one that was just placed is shown. */

import { LineSeller } from "../cart/model.ts"
import { Options } from "../catalog/skuModel.ts"
import { each, jsonOf, single, stored } from "../json.ts"
import { ListedOrder, ListedSellerOrder, Order, OrderItem, OrderPart, SellerOrder, TimelineEntry } from "./model.ts"

/** Where an order's rows are: in their tables, or with whoever has just written them. */
export type Rows = { readonly items: string; readonly parts: string; readonly events: string }

const tables: Rows = { items: "order_items", parts: "seller_orders", events: "order_events" }

const itemJson = jsonOf(OrderItem, "i", { options: stored(Options, "i.options"), line_total: "i.price * i.quantity" })
const items = (rows: Rows, condition: string) => each(itemJson, `${rows.items} i WHERE ${condition}`, "i.id")

const entryJson = jsonOf(TimelineEntry, "e")
const timeline = (rows: Rows, condition: string) =>
  each(entryJson, `${rows.events} e WHERE ${condition}`, "e.created_at, e.id")

const partJson = jsonOf(OrderPart, "so", {
  seller: jsonOf(LineSeller, "s", { id: "so.seller_id", full_name: "s.shop_name" })
})

const ofWhole = (rows: Rows) => ({
  items: items(rows, "i.order_id = o.id"),
  seller_orders: each(
    partJson,
    `${rows.parts} so LEFT JOIN sellers s ON s.id = so.seller_id WHERE so.order_id = o.id`,
    "so.id"
  )
})

/** An order as its customer sees it, over orders o. */
export const listedOrderJson = jsonOf(ListedOrder, "o", ofWhole(tables))

export const orderJsonIn = (rows: Rows) =>
  jsonOf(Order, "o", { ...ofWhole(rows), timeline: timeline(rows, "e.order_id = o.id") })

export const orderJson = orderJsonIn(tables)

/** What a part has of its own, and shows in the place of the whole order's. */
const ofPart = {
  status: "so.status",
  payment_status: "so.payment_status",
  subtotal: "so.subtotal",
  delivery_fee: "so.delivery_fee",
  total: "so.total",
  items: items(tables, "i.seller_order_id = so.id"),
  created_at: "so.created_at",
  updated_at: "so.updated_at"
}

const partTimeline = {
  timeline: timeline(tables, "e.order_id = o.id AND (e.seller_order_id IS NULL OR e.seller_order_id = so.id)")
}

/** An order as one of its sellers sees it, over orders o, seller_orders so and sellers s: nothing of the others. */
export const orderJsonForSeller = jsonOf(Order, "o", {
  ...ofPart,
  ...partTimeline,
  customer_email: "NULL",
  seller_orders: single(partJson)
})

const fulfilled = { ...ofPart, id: "so.id", order_id: "o.id", tracking_number: "so.tracking_number" }

/** What one seller fulfils, over orders o and seller_orders so. */
export const listedSellerOrderJson = jsonOf(ListedSellerOrder, "o", fulfilled)

export const sellerOrderJson = jsonOf(SellerOrder, "o", { ...fulfilled, ...partTimeline })
