/** How orders are read, and how one that was just placed is shown. */

import { LineSeller } from "../cart/model.ts"
import { Options } from "../catalog/skuModel.ts"
import { each, jsonOf, single, stored } from "../json.ts"
import {
  EntryData,
  EntryLabel,
  ListedOrder,
  ListedSellerOrder,
  Order,
  OrderItem,
  OrderPart,
  SellerOrder,
  TimelineEntry
} from "./model.ts"
import { labelText } from "./timeline.ts"

/** Where an order's rows are, in their tables or with whoever has just written them, and what its events e are called. */
export type Rows = {
  readonly items: string
  readonly parts: string
  readonly events: string
  readonly label: typeof labelText
}

const tables: Rows = { items: "order_items", parts: "seller_orders", events: "order_events", label: labelText }

const itemJson = jsonOf(OrderItem, "i", { options: stored(Options, "i.options"), subtotal: "i.price * i.quantity" })
const items = (rows: Rows, condition: string) => each(itemJson, `${rows.items} i WHERE ${condition}`, "i.id")

/** In a list: the items of a hundred orders would be megabytes. */
const firstItems = (condition: string) => each(itemJson, `order_items i WHERE ${condition}`, "i.id LIMIT 20")

const entryJson = ({ label }: Rows) =>
  jsonOf(TimelineEntry, "e", {
    from: "e.from_status",
    to: "e.to_status",
    label: jsonOf(EntryLabel, "e", { fr: label("fr"), ar: label("ar") }),
    data: stored(EntryData, "e.data")
  })
const timeline = (rows: Rows, condition: string) =>
  each(entryJson(rows), `${rows.events} e WHERE ${condition}`, "e.created_at, e.id")

// By the key of each part, however many sellers a plan expects.
const seller = jsonOf(LineSeller, "so", {
  id: "so.seller_id",
  full_name: "(SELECT s.full_name FROM sellers s WHERE s.id = so.seller_id)"
})
const partJson = jsonOf(OrderPart, "so", { seller })

const countOf = (rows: Rows, condition: string) => `(SELECT count(*) FROM ${rows.items} i WHERE ${condition})`

/** null where there are several parts. */
const ofOnlyPart = (rows: Rows, column: string) =>
  `(SELECT min(so.${column}::text) FROM ${rows.parts} so WHERE so.order_id = o.id HAVING count(*) = 1)`

const ofWhole = (rows: Rows) => ({
  seller_id: ofOnlyPart(rows, "seller_id"),
  tracking_number: ofOnlyPart(rows, "tracking_number"),
  items_count: countOf(rows, "i.order_id = o.id"),
  items: items(rows, "i.order_id = o.id"),
  seller_orders: each(partJson, `${rows.parts} so WHERE so.order_id = o.id`, "so.id")
})

/** An order as its customer sees it, over orders o. */
export const listedOrderJson = jsonOf(ListedOrder, "o", {
  ...ofWhole(tables),
  items: firstItems("i.order_id = o.id")
})

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
  tracking_number: "so.tracking_number",
  delivery_date: "so.delivery_date",
  items_count: countOf(tables, "i.seller_order_id = so.id"),
  items: items(tables, "i.seller_order_id = so.id"),
  created_at: "so.created_at",
  updated_at: "so.updated_at"
}

const partTimeline = {
  timeline: timeline(tables, "e.order_id = o.id AND (e.seller_order_id IS NULL OR e.seller_order_id = so.id)")
}

/** An order as one of its sellers sees it, over orders o and seller_orders so: nothing of the others. */
export const orderJsonForSeller = jsonOf(Order, "o", {
  ...ofPart,
  ...partTimeline,
  user_id: "NULL",
  seller_id: "so.seller_id",
  customer_email: "NULL",
  seller_orders: single(partJson)
})

const fulfilled = { ...ofPart, id: "so.id", order_id: "o.id" }

/** What one seller fulfils, over orders o and seller_orders so. */
export const listedSellerOrderJson = jsonOf(ListedSellerOrder, "o", {
  ...fulfilled,
  items: firstItems("i.seller_order_id = so.id")
})

export const sellerOrderJson = jsonOf(SellerOrder, "o", { ...fulfilled, ...partTimeline })
