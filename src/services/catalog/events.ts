import { Schema } from "effect"
import { UserId } from "../auth/model.ts"
import { eventType } from "../events/eventType.ts"
import { Centimes } from "../model.ts"
import { ProductId } from "./model.ts"
import { SkuId } from "./skuModel.ts"

const of = { id: ProductId, seller_id: UserId }

export const productCreated = eventType({ name: "product.created", payload: Schema.Struct(of) })

/** Which of its fields were set, by whatever name the contract has for them. */
export const productChanged = eventType({
  name: "product.changed",
  payload: Schema.Struct({ ...of, fields: Schema.Array(Schema.String) })
})

/** What is for sale of it has other prices. */
export const productPriced = eventType({
  name: "product.priced",
  payload: Schema.Struct({ ...of, min_price: Centimes, max_price: Centimes })
})

/** Its shop counted or adjusted a stock. What orders take and give back is told by order.placed and order.part_moved. */
export const productStocked = eventType({
  name: "product.stocked",
  payload: Schema.Struct({ ...of, sku_id: SkuId, stock: Schema.NullOr(Schema.Int) })
})

/**
 * All that a shop has on sale went off sale, or came back: it was suspended or reinstated, its owner banned, unbanned,
 * leaving or back. A shop's id is its owner's.
 */
export const shopSettled = eventType({
  name: "shop.settled",
  payload: Schema.Struct({ id: UserId, on_sale: Schema.Boolean })
})

/** A product was deleted, or archived where an order holds it. Those that go with their erased seller have no event. */
export const productDeleted = eventType({
  name: "product.deleted",
  payload: Schema.Struct(of)
})
