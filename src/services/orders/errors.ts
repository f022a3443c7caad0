import { Schema } from "effect"
import { thousands } from "../text.ts"
import { OrderStatus } from "./model.ts"

/** No such order, or none that this caller may know of. */
export class OrderNotFound extends Schema.TaggedError<OrderNotFound>()("OrderNotFound", {}, { httpApiStatus: 404 }) {
  override get message() {
    return "This order does not exist."
  }
}

/** The lines come to another total than the customer was shown. Nothing was ordered. */
export class TotalChanged extends Schema.TaggedError<TotalChanged>()(
  "TotalChanged",
  {
    details: Schema.Tuple([
      Schema.Struct({
        expected_total: Schema.Finite,
        total: Schema.Finite,
        items: Schema.Array(
          Schema.Struct({
            product_id: Schema.String,
            sku_id: Schema.String,
            product_name: Schema.String,
            options: Schema.Record(Schema.String, Schema.String),
            quantity: Schema.Int,
            price: Schema.Finite,
            subtotal: Schema.Finite,
            price_when_added: Schema.optionalKey(Schema.Finite).annotate({ description: "Of a line of a cart" })
          })
        ).annotate({ description: "Every line, as it would be ordered now; amounts in dinars" })
      })
    ])
  },
  { httpApiStatus: 409 }
) {
  override get message() {
    const [{ total }] = this.details
    return `The total is now ${thousands(total)} dinars. Look at what changed, and order again.`
  }
}

export class OrderNotEditable extends Schema.TaggedError<OrderNotEditable>()(
  "OrderNotEditable",
  {},
  { httpApiStatus: 409 }
) {
  override get message() {
    return "This order can no longer be changed: a shop has taken it up."
  }
}

export class TooManyEdits extends Schema.TaggedError<TooManyEdits>()(
  "TooManyEdits",
  { most: Schema.Int },
  { httpApiStatus: 409 }
) {
  override get message() {
    return `This order was changed ${this.most} times, and is not changed any more.`
  }
}

export class OrderNotCancellable extends Schema.TaggedError<OrderNotCancellable>()(
  "OrderNotCancellable",
  { details: Schema.Array(Schema.Struct({ seller_order_id: Schema.String, status: OrderStatus })) },
  { httpApiStatus: 409 }
) {
  override get message() {
    return "This order can no longer be cancelled: it is on its way."
  }
}

export class InvalidStatusTransition extends Schema.TaggedError<InvalidStatusTransition>()(
  "InvalidStatusTransition",
  {
    details: Schema.Tuple([Schema.Struct({ from: OrderStatus, to: OrderStatus, allowed: Schema.Array(OrderStatus) })])
  },
  { httpApiStatus: 409 }
) {
  override get message() {
    const [{ from, to, allowed }] = this.details
    const next = allowed.length === 0 ? "nothing follows it" : `only ${allowed.join(" or ")}`
    return `An order that is ${from} cannot become ${to}: ${next}.`
  }
}
