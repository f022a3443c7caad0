import { Effect } from "effect"
import type { SqlClient } from "effect/sql"
import { ShopClosed } from "../auth/errors.ts"
import type { Caller, UserId } from "../auth/model.ts"
import type { People } from "../auth/People.ts"
import { isUuid } from "../model.ts"
import { ProductNotFound } from "./errors.ts"
import type { ProductId } from "./model.ts"
import { mayEditProduct } from "./policy.ts"

export type HeldProduct = {
  readonly id: ProductId
  readonly seller_id: UserId
  readonly status: string
  readonly price: number
  readonly original_price: number | null
  readonly stock: number | null
}

/**
 * For whoever may edit a product: holds the editor and the shop's owner, then locks the product. What follows in the
 * caller's transaction decides on what it reads here. A closed shop changes nothing, and nobody puts anything on sale there.
 */
export const makeHold = (sql: SqlClient.SqlClient, people: People["Service"]) =>
  Effect.fnUntraced(function* (caller: Caller, id: string, { goesOnSale = false } = {}) {
    const [known] = isUuid(id) ? yield* sql<HeldProduct>`SELECT seller_id FROM products WHERE id = ${id}` : []
    if (known === undefined || !mayEditProduct(caller, known.seller_id)) return yield* new ProductNotFound()
    const held = yield* people.holdAll([caller.id, known.seller_id], "use")
    const editor = held.find((person) => person.id === caller.id && person.status === "active")
    const owner = held.find((person) => person.id === known.seller_id)
    if ((goesOnSale || caller.role !== "admin") && owner?.shop_open !== true) return yield* new ShopClosed()
    if (editor === undefined || !mayEditProduct(editor, known.seller_id)) return yield* new ProductNotFound()
    const [product] = yield* sql<HeldProduct>`
      SELECT id, seller_id, status, price, original_price, stock FROM products WHERE id = ${id} FOR UPDATE`
    return product ?? (yield* new ProductNotFound())
  })
