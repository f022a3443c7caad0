/** What is asked of orders. */
import { DateTime, Effect, Option, Schema } from "effect"
import { bought } from "../cart/model.ts"
import { maxLines } from "../cart/policy.ts"
import { Product } from "../catalog/model.ts"
import { WilayaName } from "../delivery/model.ts"
import { dinarsUpTo, Email, LongText, Phone, pageQuery, Quantity, shown, Text } from "../model.ts"
import { exampleOf, shape } from "../shape.ts"
import { OrderStatus, PaymentStatus } from "./model.ts"
import { maxTotal } from "./money.ts"

const product = exampleOf(Product)

const contact = {
  customer_email: Schema.optionalKey(Schema.NullOr(Email)),
  customer_wilaya: Schema.optionalKey(Schema.NullOr(WilayaName)),
  commune: Schema.optionalKey(Schema.NullOr(Text(120))),
  customer_address: Schema.optionalKey(Schema.NullOr(LongText(500))),
  notes: Schema.optionalKey(Schema.NullOr(LongText(1000)))
}

export const OrderLine = Schema.Struct({ ...bought, quantity: Quantity })
export type OrderLine = typeof OrderLine.Type

/** Other methods wait for a way to pay by them. */
const OnDelivery = Schema.Literal("cod").annotate({ message: "Only cod, cash on delivery, is taken" })

const lineCount = { message: `Expected 1 to ${maxLines} items` }

export const PlaceOrder = shape(
  "PlaceOrder",
  {
    customer_name: Text(120),
    customer_phone: Phone,
    ...contact,
    payment_method: OnDelivery.pipe(Schema.withDecodingDefaultKey(Effect.succeed("cod" as const))),
    items: Schema.optionalKey(
      Schema.Array(OrderLine).check(Schema.isMinLength(1, lineCount), Schema.isMaxLength(maxLines, lineCount))
    ),
    from_cart: Schema.optionalKey(
      Schema.Boolean.annotate({ description: "Order what is in the caller's cart, and empty it; instead of items" })
    ),
    expected_total: Schema.optionalKey(
      dinarsUpTo(maxTotal / 100).annotate({
        description: "What the customer was shown; where it comes to another total, nothing is ordered: TOTAL_CHANGED"
      })
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
  { customer_wilaya: "Alger", commune: "Bab El Oued", customer_address: "12, rue Colonel Lotfi, 3e étage" }
)
export type UpdateOrder = typeof UpdateOrder.Type

export const CancelOrder = shape(
  "CancelOrder",
  {
    reason: Schema.optionalKey(
      Schema.NullOr(LongText(500)).annotate({ description: "For the timeline. Dropped once the customer was erased" })
    )
  },
  { reason: "Changed my mind" }
)
export type CancelOrder = typeof CancelOrder.Type

export const TrackOrder = Schema.Struct({
  number: shown(Text(40), "ZST-7K3M9QPX"),
  phone: shown(Phone, "0555123456")
})
export type TrackOrder = typeof TrackOrder.Type

export const ListGuestOrders = Schema.Struct({ ...pageQuery, phone: shown(Phone, "0555123456") })
export type ListGuestOrders = typeof ListGuestOrders.Type

export const ListOrders = Schema.Struct({ ...pageQuery, status: Schema.optionalKey(OrderStatus) })
export type ListOrders = typeof ListOrders.Type

const calendarDate = { message: "Expected a date, YYYY-MM-DD" }

/** A day in Algeria. `2026-02-31` is none. */
const CalendarDate = Schema.String.annotate({ format: "date", examples: ["2026-01-31"] }).check(
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
  customer_wilaya: Schema.optionalKey(WilayaName),
  date_from: Schema.optionalKey(CalendarDate),
  date_to: Schema.optionalKey(CalendarDate),
  search: Schema.optionalKey(shown(Text(100), "0555", "In the number, the customer's name or phone"))
})
export type ListSellerOrders = typeof ListSellerOrders.Type

export const MoveSellerOrder = shape(
  "MoveSellerOrder",
  {
    status: OrderStatus,
    tracking_number: Schema.optionalKey(Schema.NullOr(Text(100))),
    note: Schema.optionalKey(
      Schema.NullOr(LongText(500)).annotate({
        description:
          "For the timeline, with a change of status or tracking number. Dropped once the customer was erased"
      })
    )
  },
  { status: "shipped", tracking_number: "YAL-48213377" }
)
export type MoveSellerOrder = typeof MoveSellerOrder.Type
