import { Schema } from "effect"
import { UserId } from "../auth/model.ts"
import { eventType } from "../events/eventType.ts"
import { Centimes } from "../model.ts"
import { OrderId, OrderStatus, SellerOrderId } from "./model.ts"

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

/** A seller's part came from one state to another: confirmed, shipped, returned, expired … */
export const partMoved = eventType({
  name: "order.part_moved",
  payload: Schema.Struct({
    order_id: OrderId,
    seller_order_id: SellerOrderId,
    seller_id: UserId,
    user_id: Schema.NullOr(UserId),
    from: OrderStatus,
    to: OrderStatus,
    total: Centimes
  })
})

/** Where or to whom to deliver was changed: which fields. */
export const orderEdited = eventType({
  name: "order.edited",
  payload: Schema.Struct({ id: OrderId, fields: Schema.Array(Schema.String) })
})
