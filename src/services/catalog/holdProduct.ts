import { Effect } from "effect"
import type { SqlClient } from "effect/sql"
import { ShopClosed } from "../auth/errors.ts"
import type { Caller, UserId } from "../auth/model.ts"
import type { People } from "../auth/People.ts"
import { locks } from "../locks.ts"
import { isUuid } from "../model.ts"
import { ProductNotFound } from "./errors.ts"
import type { ProductId } from "./model.ts"
import { mayEditProduct } from "./policy.ts"
import type { Options, SkuId } from "./skuModel.ts"

export type HeldSku = {
  readonly id: SkuId
  readonly code: string | null
  readonly options: Options
  readonly price: number | null
  readonly stock: number | null
  readonly image_id: string | null
  readonly archived: boolean
}

export type HeldProduct = {
  readonly id: ProductId
  readonly seller_id: UserId
  readonly status: string
  readonly price: number
  readonly original_price: number | null
  /** All it ever had, archived ones too, in their order. */
  readonly skus: ReadonlyArray<HeldSku>
}

/**
 * For whoever may edit a product: holds the editor and the shop's owner, then locks the product's skus and the product.
 * What follows in the caller's transaction decides on what it reads here. An order locks skus before it reads their
 * products, so one that holds a sku never sees its product change. A closed shop changes nothing, and nobody puts
 * anything on sale there; of a person who is erased nobody, an administrator neither, writes anything any more, and of
 * a product that was deleted nobody either, which its orders alone keep.
 */
export const makeHold = (sql: SqlClient.SqlClient, people: People["Service"]) =>
  Effect.fnUntraced(function* (caller: Caller, id: string, { goesOnSale = false } = {}) {
    const [known] = isUuid(id) ? yield* sql<HeldProduct>`SELECT id, seller_id FROM products WHERE id = ${id}` : []
    if (known === undefined || !mayEditProduct(caller, known.seller_id)) return yield* new ProductNotFound()
    const held = yield* people.holdAll([caller.id, known.seller_id], "use")
    const editor = held.find((person) => person.id === caller.id && person.status === "active")
    const owner = held.find((person) => person.id === known.seller_id)
    if (owner?.status === "deleted") return yield* new ShopClosed()
    if ((goesOnSale || caller.role !== "admin") && owner?.shop_open !== true) return yield* new ShopClosed()
    if (editor === undefined || !mayEditProduct(editor, known.seller_id)) return yield* new ProductNotFound()
    // Its editors take turns, so that nobody adds a sku between another's two locks.
    yield* sql`SELECT pg_advisory_xact_lock(hashtextextended(${known.id}, ${locks.products}))`
    yield* sql`SELECT FROM skus WHERE product_id = ${known.id} ORDER BY id FOR UPDATE`
    const [product] = yield* sql<Omit<HeldProduct, "skus">>`
      SELECT id, seller_id, status, price, original_price FROM products WHERE id = ${known.id} FOR UPDATE`
    if (product === undefined || product.status === "archived") return yield* new ProductNotFound()
    const skus = yield* sql<HeldSku>`
      SELECT id, code, options, price, stock, image_id, archived FROM skus
      WHERE product_id = ${known.id} ORDER BY position, id`
    return { ...product, skus } satisfies HeldProduct
  })
