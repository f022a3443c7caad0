import { Effect } from "effect"
import type { SqlClient } from "effect/sql"
import type { Caller, UserId } from "../auth/model.ts"
import { isUuid } from "../model.ts"
import { ProductNotFound } from "./errors.ts"
import type { ProductId } from "./model.ts"
import { mayEditProduct } from "./policy.ts"
import type { Storefronts } from "./Storefronts.ts"

export type HeldProduct = {
  readonly id: ProductId
  readonly seller_id: UserId
  readonly status: string
  readonly price: number
  readonly old_price: number | null
}

/**
 * For whoever may edit a product: locks the shop, then the product. What follows in the caller's transaction decides on
 * what it reads here.
 */
export const makeHold = (sql: SqlClient.SqlClient, storefronts: Storefronts["Service"]) =>
  Effect.fnUntraced(function* (caller: Caller, id: string, { goesOnSale = false } = {}) {
    const [known] = isUuid(id) ? yield* sql<HeldProduct>`SELECT seller_id FROM products WHERE id = ${id}` : []
    if (known === undefined || !mayEditProduct(caller, known.seller_id)) return yield* new ProductNotFound()
    if (goesOnSale || caller.role !== "admin") yield* storefronts.holdOpen(known.seller_id)
    const [product] = yield* sql<HeldProduct>`
      SELECT id, seller_id, status, price, old_price FROM products WHERE id = ${id} FOR UPDATE`
    return product ?? (yield* new ProductNotFound())
  })
