import { Schema } from "effect"
import { UserId } from "../auth/model.ts"
import { LineSeller } from "../cart/model.ts"
import { Product, ProductId } from "../catalog/model.ts"
import { SkuId, Variant } from "../catalog/skuModel.ts"
import { Dinars, Instant, Total } from "../model.ts"
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
    product_name: Schema.String,
    product_name_ar: Schema.NullOr(Schema.String),
    sku: Schema.NullOr(Schema.String),
    product_image: Schema.NullOr(Schema.String),
    price: Dinars,
    quantity: Schema.Int,
    subtotal: Total
  },
  {
    id: "0199e0a4-3333-7000-8000-000000000040",
    product_id: product.id,
    sku_id: exampleOf(Variant).id,
    options: exampleOf(Variant).options,
    seller_order_id: "0199e0a4-4444-7000-8000-000000000050",
    product_name: product.name,
    product_name_ar: product.name_ar,
    sku: null,
    product_image: product.image_url,
    price: 4500,
    quantity: 2,
    subtotal: 9000
  }
)

const state = { status: OrderStatus, payment_status: PaymentStatus }
const amounts = { subtotal: Total, delivery_fee: Total, total: Total }
const times = { created_at: Instant, updated_at: Instant }

const delivery = {
  customer_name: Schema.String,
  customer_phone: Schema.String,
  customer_wilaya: Schema.NullOr(Schema.String).annotate({ description: "Its French name, as it was when ordered" }),
  customer_wilaya_code: Schema.NullOr(Schema.Int),
  commune: Schema.NullOr(Schema.String),
  customer_address: Schema.NullOr(Schema.String),
  notes: Schema.NullOr(Schema.String)
}

const delivery_date = Schema.NullOr(Instant).annotate({ description: "When it arrived; null again once it came back" })

/** What one seller fulfils of an order. */
export const OrderPart = shape(
  "OrderPart",
  {
    id: SellerOrderId,
    seller: LineSeller,
    ...state,
    ...amounts,
    tracking_number: Schema.NullOr(Schema.String),
    delivery_date
  },
  {
    id: "0199e0a4-4444-7000-8000-000000000050",
    seller: { id: product.seller.id, full_name: product.seller.full_name },
    status: "pending",
    payment_status: "pending",
    subtotal: 9000,
    delivery_fee: 0,
    total: 9000,
    tracking_number: null,
    delivery_date: null
  }
)

/** What happened: the order was placed, a part moved, where to deliver was edited, a parcel got its number, time ran out. */
export const EntryKind = Schema.Literals(["placed", "moved", "edited", "tracked", "expired"])
export type EntryKind = typeof EntryKind.Type

export const EntryData = Schema.Struct({
  fields: Schema.optionalKey(Schema.Array(Schema.String).annotate({ description: "Which fields were edited" })),
  tracking_number: Schema.optionalKey(Schema.String)
})
export type EntryData = typeof EntryData.Type

export const EntryLabel = Schema.Struct({ fr: Schema.String, ar: Schema.String })

export const TimelineEntry = shape(
  "TimelineEntry",
  {
    kind: EntryKind,
    from: Schema.NullOr(OrderStatus),
    to: Schema.NullOr(OrderStatus),
    label: EntryLabel.annotate({ description: "For the customer to read" }),
    seller_order_id: Schema.NullOr(SellerOrderId),
    actor: Actor,
    data: EntryData,
    note: Schema.NullOr(Schema.String).annotate({ description: "What whoever did it says about it" }),
    created_at: Instant
  },
  {
    kind: "placed",
    from: null,
    to: "pending",
    label: { fr: "Commande reçue", ar: "تم استلام الطلب" },
    seller_order_id: null,
    actor: "guest",
    data: {},
    note: null,
    created_at: "2026-02-01T09:30:00.000Z"
  }
)

const parcel = {
  tracking_number: Schema.NullOr(Schema.String).annotate({ description: "Of an order with one seller" }),
  delivery_date,
  items_count: Schema.Int
}

const timeline = { timeline: Schema.Array(TimelineEntry) }

export const OrderNumber = Schema.String.annotate({ examples: ["ZST-7K3MQ9TX"] })

/** What an order and a seller's part of it have in common. */
const both = {
  order_number: "ZST-7KQ4MWX9",
  status: "pending",
  payment_status: "pending",
  payment_method: "cod",
  customer_name: "Ahmed",
  customer_phone: "+213555123456",
  customer_wilaya: "Sétif",
  customer_wilaya_code: 19,
  commune: "Sétif",
  customer_address: "Cité 1000 logements, bt 12",
  notes: null,
  subtotal: 9000,
  delivery_fee: 0,
  total: 9000,
  tracking_number: null,
  delivery_date: null,
  items_count: 1,
  items: [exampleOf(OrderItem)],
  created_at: "2026-02-01T09:30:00.000Z",
  updated_at: "2026-02-01T09:30:00.000Z"
} as const

/** An order as its lists show it. A seller is shown its own part, with that part's state and amounts. */
export const ListedOrder = shape(
  "ListedOrder",
  {
    id: OrderId,
    order_number: OrderNumber,
    user_id: Schema.NullOr(UserId),
    seller_id: Schema.NullOr(UserId).annotate({ description: "Of an order with one seller" }),
    ...state,
    payment_method: PaymentMethod,
    ...delivery,
    customer_email: Schema.NullOr(Schema.String),
    ...amounts,
    ...parcel,
    items: Schema.Array(OrderItem).annotate({ description: "In a list the first twenty; items_count says how many" }),
    seller_orders: Schema.Array(OrderPart),
    ...times
  },
  {
    id: "0199e0a4-2222-7000-8000-000000000030",
    ...both,
    user_id: null,
    seller_id: product.seller.id,
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
    order_number: OrderNumber,
    ...state,
    payment_method: PaymentMethod,
    ...delivery,
    ...amounts,
    ...parcel,
    items: Schema.Array(OrderItem).annotate({ description: "In a list the first twenty; items_count says how many" }),
    ...times
  },
  {
    id: exampleOf(OrderPart).id,
    order_id: exampleOf(ListedOrder).id,
    ...both
  }
)
export type ListedSellerOrder = typeof ListedSellerOrder.Type

export const SellerOrder = shape(
  "SellerOrder",
  { ...ListedSellerOrder.fields, ...timeline },
  { ...exampleOf(ListedSellerOrder), timeline: [exampleOf(TimelineEntry)] }
)
export type SellerOrder = typeof SellerOrder.Type

/** An order that somebody without an account made, as administrators find it. */
export const GuestOrder = shape(
  "GuestOrder",
  {
    id: OrderId,
    order_number: OrderNumber,
    customer_name: Schema.String,
    status: OrderStatus,
    created_at: Instant
  },
  {
    id: "0199e0a4-2222-7000-8000-000000000030",
    order_number: both.order_number,
    customer_name: "Nadia",
    status: "delivered",
    created_at: "2026-01-31T10:00:00.000Z"
  }
)
export type GuestOrder = typeof GuestOrder.Type
