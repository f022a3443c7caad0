import { DateTime, Effect, Option, Schema } from "effect"
import { bought, LineSeller } from "../cart/model.ts"
import { Product, ProductId } from "../catalog/model.ts"
import { SkuId, Variant } from "../catalog/skuModel.ts"
import { Dinars, Email, Instant, Phone, pageQuery, Quantity, Text, Total, WilayaCode } from "../model.ts"
import { exampleOf, shape } from "../shape.ts"

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

const product = exampleOf(Product)

export const OrderItem = shape(
  "OrderItem",
  {
    id: Schema.String,
    product_id: ProductId,
    sku_id: SkuId,
    options: Schema.Record(Schema.String, Schema.String),
    seller_order_id: SellerOrderId,
    name: Schema.String,
    name_ar: Schema.NullOr(Schema.String),
    sku: Schema.NullOr(Schema.String),
    image_url: Schema.NullOr(Schema.String),
    price: Dinars,
    quantity: Schema.Int,
    line_total: Total
  },
  {
    id: "0199e0a4-3333-7000-8000-000000000040",
    product_id: product.id,
    sku_id: exampleOf(Variant).id,
    options: exampleOf(Variant).options,
    seller_order_id: "0199e0a4-4444-7000-8000-000000000050",
    name: product.name,
    name_ar: product.name_ar,
    sku: null,
    image_url: product.image_url,
    price: 4500,
    quantity: 2,
    line_total: 9000
  }
)

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
export const OrderPart = shape(
  "OrderPart",
  {
    id: SellerOrderId,
    seller: LineSeller,
    ...state,
    ...amounts,
    tracking_number: Schema.NullOr(Schema.String)
  },
  {
    id: "0199e0a4-4444-7000-8000-000000000050",
    seller: { id: product.seller.id, full_name: product.seller.full_name },
    status: "pending",
    payment_status: "pending",
    subtotal: 9000,
    delivery_fee: 0,
    total: 9000,
    tracking_number: null
  }
)

export const TimelineEntry = shape(
  "TimelineEntry",
  {
    status: OrderStatus,
    seller_order_id: Schema.NullOr(SellerOrderId),
    actor: Actor,
    note: Schema.NullOr(Schema.String),
    created_at: Instant
  },
  {
    status: "pending",
    seller_order_id: null,
    actor: "guest",
    note: null,
    created_at: "2026-02-01T09:30:00.000Z"
  }
)

const timeline = { timeline: Schema.Array(TimelineEntry) }

export const OrderNumber = Schema.String.annotate({ examples: ["ZST-7K3MQ9TX"] })

/** What an order and a seller's part of it have in common. */
const both = {
  number: "ZST-7KQ4MWX9",
  status: "pending",
  payment_status: "pending",
  payment_method: "cod",
  customer_name: "Ahmed",
  customer_phone: "+213555123456",
  wilaya_code: 19,
  commune: "Sétif",
  address: "Cité 1000 logements, bt 12",
  notes: null,
  subtotal: 9000,
  delivery_fee: 0,
  total: 9000,
  items: [exampleOf(OrderItem)],
  created_at: "2026-02-01T09:30:00.000Z",
  updated_at: "2026-02-01T09:30:00.000Z"
} as const

/** An order as its lists show it. A seller is shown its own part, with that part's state and amounts. */
export const ListedOrder = shape(
  "ListedOrder",
  {
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
  },
  {
    id: "0199e0a4-2222-7000-8000-000000000030",
    ...both,
    customer_email: null,
    seller_orders: [exampleOf(OrderPart)]
  }
)
export type ListedOrder = typeof ListedOrder.Type

export const Order = shape(
  "Order",
  { ...ListedOrder.fields, ...timeline },
  { ...exampleOf(ListedOrder), timeline: [exampleOf(TimelineEntry)] }
)
export type Order = typeof Order.Type

export const PlacedOrder = shape(
  "PlacedOrder",
  {
    ...Order.fields,
    tracking_token: Schema.optionalKey(
      Schema.String.annotate({ description: "For guests, this once: sent as X-Order-Token it opens the order" })
    )
  },
  { ...exampleOf(Order), tracking_token: "q3Zt0hT2RkWm8nYb5vXc1A" }
)
export type PlacedOrder = typeof PlacedOrder.Type

export const ListedSellerOrder = shape(
  "ListedSellerOrder",
  {
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
  },
  {
    id: exampleOf(OrderPart).id,
    order_id: exampleOf(ListedOrder).id,
    ...both,
    tracking_number: null
  }
)
export type ListedSellerOrder = typeof ListedSellerOrder.Type

export const SellerOrder = shape(
  "SellerOrder",
  { ...ListedSellerOrder.fields, ...timeline },
  { ...exampleOf(ListedSellerOrder), timeline: [exampleOf(TimelineEntry)] }
)
export type SellerOrder = typeof SellerOrder.Type

const contact = {
  customer_email: Schema.optionalKey(Schema.NullOr(Email)),
  wilaya_code: Schema.optionalKey(Schema.NullOr(WilayaCode)),
  commune: Schema.optionalKey(Schema.NullOr(Text(120))),
  address: Schema.optionalKey(Schema.NullOr(Text(500))),
  notes: Schema.optionalKey(Schema.NullOr(Text(1000)))
}

export const OrderLine = Schema.Struct({ ...bought, quantity: Quantity })
export type OrderLine = typeof OrderLine.Type

const lineCount = { message: "Expected 1 to 100 items" }

export const PlaceOrder = shape(
  "PlaceOrder",
  {
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
  },
  {
    customer_name: "Ahmed",
    customer_phone: "0555123456",
    items: [{ product_id: product.id, quantity: 2 }]
  }
)
export type PlaceOrder = typeof PlaceOrder.Type

export const UpdateOrder = shape(
  "UpdateOrder",
  { customer_name: Schema.optionalKey(Text(120)), ...contact },
  { wilaya_code: 16, commune: "Bab El Oued", address: "12, rue Colonel Lotfi, 3e étage" }
)
export type UpdateOrder = typeof UpdateOrder.Type

export const CancelOrder = shape(
  "CancelOrder",
  { reason: Schema.optionalKey(Schema.NullOr(Text(500))) },
  { reason: "Changed my mind" }
)
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

export const MoveSellerOrder = shape(
  "MoveSellerOrder",
  {
    status: OrderStatus,
    tracking_number: Schema.optionalKey(Schema.NullOr(Text(100))),
    note: Schema.optionalKey(Schema.NullOr(Text(500)))
  },
  { status: "shipped", tracking_number: "YAL-48213377" }
)
export type MoveSellerOrder = typeof MoveSellerOrder.Type
