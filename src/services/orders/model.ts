import { DateTime, Effect, Option, Schema } from "effect"
import { UserId } from "../auth/model.ts"
import { ProductRef, Total } from "../cart/model.ts"
import { ProductId } from "../catalog/model.ts"
import { Dinars, Email, Instant, Phone, pageQuery, Quantity, Text, WilayaCode } from "../model.ts"

export const OrderId = Schema.String.pipe(Schema.brand("OrderId"))
export type OrderId = typeof OrderId.Type

export const SellerOrderId = Schema.String.pipe(Schema.brand("SellerOrderId"))
export type SellerOrderId = typeof SellerOrderId.Type

export const OrderStatus = Schema.Literals([
  "pending",
  "confirmed",
  "processing",
  "shipped",
  "delivered",
  "cancelled",
  "returned"
])
export type OrderStatus = typeof OrderStatus.Type

export const PaymentStatus = Schema.Literals(["pending", "paid", "failed", "refunded"])
export type PaymentStatus = typeof PaymentStatus.Type

export const PaymentMethod = Schema.Literals(["cod", "ccp", "card", "bank_transfer"])
export type PaymentMethod = typeof PaymentMethod.Type

export const Actor = Schema.Literals(["customer", "guest", "seller", "admin", "system"])
export type Actor = typeof Actor.Type

export const OrderItem = Schema.Struct({
  id: Schema.String,
  product_id: ProductId,
  seller_order_id: SellerOrderId,
  name: Schema.String,
  name_ar: Schema.NullOr(Schema.String),
  sku: Schema.NullOr(Schema.String),
  image_url: Schema.NullOr(Schema.String),
  price: Dinars,
  quantity: Schema.Int,
  line_total: Total
}).annotate({ identifier: "OrderItem" })

const state = { status: OrderStatus, payment_status: PaymentStatus }
const amounts = { subtotal: Total, delivery_fee: Total, total: Total }
const times = { created_at: Instant, updated_at: Instant }

const delivery = {
  customer_name: Schema.String,
  customer_phone: Schema.String,
  wilaya_code: Schema.NullOr(Schema.Int),
  commune: Schema.NullOr(Schema.String),
  address: Schema.NullOr(Schema.String),
  notes: Schema.NullOr(Schema.String)
}

/** What one seller fulfils of an order. */
export const OrderPart = Schema.Struct({
  id: SellerOrderId,
  seller: Schema.Struct({ id: UserId, shop_name: Schema.NullOr(Schema.String) }),
  ...state,
  ...amounts,
  tracking_number: Schema.NullOr(Schema.String)
}).annotate({ identifier: "OrderPart" })

export const TimelineEntry = Schema.Struct({
  status: OrderStatus,
  seller_order_id: Schema.NullOr(SellerOrderId),
  actor: Actor,
  note: Schema.NullOr(Schema.String),
  created_at: Instant
}).annotate({ identifier: "TimelineEntry" })

const timeline = { timeline: Schema.Array(TimelineEntry) }

export const OrderNumber = Schema.String.annotate({ examples: ["ZST-7K3MQ9TX"] })

/** An order as its lists show it. A seller is shown its own part, with that part's state and amounts. */
export const ListedOrder = Schema.Struct({
  id: OrderId,
  number: OrderNumber,
  ...state,
  payment_method: PaymentMethod,
  ...delivery,
  customer_email: Schema.NullOr(Schema.String),
  ...amounts,
  items: Schema.Array(OrderItem),
  seller_orders: Schema.Array(OrderPart),
  ...times
}).annotate({ identifier: "ListedOrder" })
export type ListedOrder = typeof ListedOrder.Type

export const Order = Schema.Struct({ ...ListedOrder.fields, ...timeline }).annotate({ identifier: "Order" })
export type Order = typeof Order.Type

export const PlacedOrder = Schema.Struct({
  ...Order.fields,
  tracking_token: Schema.optionalKey(
    Schema.String.annotate({ description: "For guests, this once: sent as X-Order-Token it opens the order" })
  )
}).annotate({ identifier: "PlacedOrder" })
export type PlacedOrder = typeof PlacedOrder.Type

export const ListedSellerOrder = Schema.Struct({
  id: SellerOrderId,
  order_id: OrderId,
  number: OrderNumber,
  ...state,
  payment_method: PaymentMethod,
  ...delivery,
  ...amounts,
  tracking_number: Schema.NullOr(Schema.String),
  items: Schema.Array(OrderItem),
  ...times
}).annotate({ identifier: "ListedSellerOrder" })
export type ListedSellerOrder = typeof ListedSellerOrder.Type

export const SellerOrder = Schema.Struct({ ...ListedSellerOrder.fields, ...timeline }).annotate({
  identifier: "SellerOrder"
})
export type SellerOrder = typeof SellerOrder.Type

const contact = {
  customer_email: Schema.optionalKey(Schema.NullOr(Email)),
  wilaya_code: Schema.optionalKey(Schema.NullOr(WilayaCode)),
  commune: Schema.optionalKey(Schema.NullOr(Text(120))),
  address: Schema.optionalKey(Schema.NullOr(Text(500))),
  notes: Schema.optionalKey(Schema.NullOr(Text(1000)))
}

export const OrderLine = Schema.Struct({ product_id: ProductRef, quantity: Quantity })
export type OrderLine = typeof OrderLine.Type

const lineCount = { message: "Expected 1 to 100 items" }

export const PlaceOrder = Schema.Struct({
  customer_name: Text(120),
  customer_phone: Phone,
  ...contact,
  payment_method: PaymentMethod.pipe(Schema.withDecodingDefaultKey(Effect.succeed("cod" as const))),
  items: Schema.optionalKey(
    Schema.Array(OrderLine).check(Schema.isMinLength(1, lineCount), Schema.isMaxLength(100, lineCount))
  ),
  from_cart: Schema.optionalKey(
    Schema.Boolean.annotate({ description: "Order what is in the caller's cart, and empty it; instead of items" })
  )
}).annotate({ identifier: "PlaceOrder" })
export type PlaceOrder = typeof PlaceOrder.Type

export const UpdateOrder = Schema.Struct({ customer_name: Schema.optionalKey(Text(120)), ...contact }).annotate({
  identifier: "UpdateOrder"
})
export type UpdateOrder = typeof UpdateOrder.Type

export const CancelOrder = Schema.Struct({ reason: Schema.optionalKey(Schema.NullOr(Text(500))) }).annotate({
  identifier: "CancelOrder"
})
export type CancelOrder = typeof CancelOrder.Type

export const TrackOrder = Schema.Struct({
  number: Schema.String.check(Schema.isMaxLength(40, { message: "Expected at most 40 characters" })),
  phone: Phone
})
export type TrackOrder = typeof TrackOrder.Type

export const ListOrders = Schema.Struct({ ...pageQuery, status: Schema.optionalKey(OrderStatus) })
export type ListOrders = typeof ListOrders.Type

const calendarDate = { message: "Expected a date, YYYY-MM-DD" }

/** A day in Algeria. `2026-02-31` is none. */
const CalendarDate = Schema.String.annotate({ format: "date" }).check(
  Schema.isPattern(/^20\d\d-\d\d-\d\d$/, calendarDate),
  Schema.makeFilter<string>(
    (text) => Option.exists(DateTime.make(`${text}T00:00:00Z`), (day) => DateTime.formatIsoDateUtc(day) === text),
    calendarDate
  )
)

export const ListSellerOrders = Schema.Struct({
  ...pageQuery,
  status: Schema.optionalKey(OrderStatus),
  payment_status: Schema.optionalKey(PaymentStatus),
  wilaya_code: Schema.optionalKey(
    Schema.FiniteFromString.annotate({ message: "Expected a number" }).pipe(Schema.decodeTo(WilayaCode))
  ),
  from: Schema.optionalKey(CalendarDate),
  to: Schema.optionalKey(CalendarDate),
  search: Schema.optionalKey(Text(100).annotate({ description: "In the number, the customer's name or phone" }))
})
export type ListSellerOrders = typeof ListSellerOrders.Type

export const MoveSellerOrder = Schema.Struct({
  status: OrderStatus,
  tracking_number: Schema.optionalKey(Schema.NullOr(Text(100))),
  note: Schema.optionalKey(Schema.NullOr(Text(500)))
}).annotate({ identifier: "MoveSellerOrder" })
export type MoveSellerOrder = typeof MoveSellerOrder.Type
