import { Schema } from "effect"
import { UserId } from "../auth/model.ts"
import { eventType } from "../events/eventType.ts"
import { ProductId } from "./model.ts"

/** A product's row is gone. One that was archived stays, and so do those that go with their erased seller. */
export const productDeleted = eventType({
  name: "product.deleted",
  payload: Schema.Struct({ id: ProductId, seller_id: UserId })
})
