import { Schema } from "effect"
import { UserId } from "../auth/model.ts"
import { eventType } from "../events/eventType.ts"
import { Centimes } from "../model.ts"
import { OrderId, SellerOrderId } from "./model.ts"

/** An order was placed, by a user or by a guest (whose `user_id` is null). `parts` are its seller orders. */
export const orderPlaced = eventType({
  name: "order.placed",
  payload: Schema.Struct({
    id: OrderId,
    order_number: Schema.String,
    user_id: Schema.NullOr(UserId),
    total: Centimes,
    parts: Schema.Array(Schema.Struct({ id: SellerOrderId, seller_id: UserId }))
  })
})
