import { Context, Effect, Layer, Option, Schema } from "effect"
import { SecureRandom } from "effect/crypto"
import { SqlClient } from "effect/sql"
import { Audit } from "../audit/Audit.ts"
import { ShopClosed } from "../auth/errors.ts"
import type { Caller, UserId } from "../auth/model.ts"
import { People } from "../auth/People.ts"
import { Forbidden, invalidField, ValidationFailed } from "../errors.ts"
import { Events } from "../events/Events.ts"
import { Pictures } from "../media/Pictures.ts"
import { isUuid } from "../model.ts"
import {
  type Expected,
  namesVersion,
  type PreconditionFailed,
  PreconditionRequired,
  requireVersion
} from "../precondition.ts"
import { changesOf, sqlOrDie } from "../sql.ts"
import { Uses } from "../Uses.ts"
import { columnOf, type Encoded, encode, rowsWith } from "../wire.ts"
import { Categories } from "./Categories.ts"
import { ProductNotFound } from "./errors.ts"
import { productChanged, productCreated, productDeleted, productPriced, productStocked } from "./events.ts"
import { Freshness } from "./Freshness.ts"
import { type HeldProduct, type HeldSku, makeHold } from "./holdProduct.ts"
import { noPicture, strip } from "./imageSql.ts"
import { Attributes, type Product, ProductId, Removal } from "./model.ts"
import { mayCreateProduct, mayEditProduct, maySeeProduct } from "./policy.ts"
import { productJoins, productJson } from "./productSql.ts"
import { checkTexts } from "./productTexts.ts"
import type { CreateProduct, UpdateProduct } from "./requests.ts"
import { settlePrices } from "./skuSql.ts"
import { isReservedSlug, slugOf } from "./slug.ts"
import { hasMoved, moverOf, recount } from "./stockSql.ts"

export class Products extends Context.Service<
  Products,
  {
    /** One product by id or slug, as wire JSON. A draft exists for its owner and administrators alone. */
    readonly get: (idOrSlug: string, caller: Caller | undefined) => Effect.Effect<Encoded<Product>, ProductNotFound>
    readonly create: (
      caller: Caller,
      input: CreateProduct
    ) => Effect.Effect<Encoded<Product>, Forbidden | ShopClosed | ValidationFailed>
    readonly update: (
      caller: Caller,
      id: string,
      input: UpdateProduct,
      expected?: Expected
    ) => Effect.Effect<
      Encoded<Product>,
      ProductNotFound | ShopClosed | PreconditionFailed | PreconditionRequired | ValidationFailed
    >
    /** Deletes a product, or archives it when an order or a cart holds it or its stock moved. */
    readonly remove: (caller: Caller, id: string) => Effect.Effect<Encoded<Removal>, ProductNotFound | ShopClosed>
  }
>()("zst/catalog/Products") {
  static readonly layer = Layer.effect(
    Products,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const categories = yield* Categories
      const freshness = yield* Freshness
      const people = yield* People
      const uses = yield* Uses
      const pictures = yield* Pictures
      const hold = makeHold(sql, people)
      const audit = yield* Audit
      const events = yield* Events

      // Seen by nobody before the commit: until then others would read, and keep, what was there before.
      const changed = sql.afterCommit(freshness.changed)

      // Put together once, for this is what is read most.
      const findBy = (column: "id" | "slug") => {
        const [text] = sql`SELECT p.seller_id, p.status, ${sql.literal(columnOf(productJson))}
          FROM products p ${productJoins(sql)} WHERE ${sql.literal(`p.${column}`)} = ${""}`.compile()
        return (value: string) =>
          Effect.map(
            rowsWith(productJson, () => sql.unsafe<{ seller_id: UserId; status: string }>(text, [value])),
            ([row]) => Option.fromNullishOr(row)
          )
      }
      const [findById, findBySlug] = [findBy("id"), findBy("slug")]
      const find = (idOrSlug: string) => Effect.orDie(isUuid(idOrSlug) ? findById(idOrSlug) : findBySlug(idOrSlug))

      // Without a name, as what most requests are for: with one, a stack is captured each time.
      const get = Effect.fnUntraced(function* (idOrSlug: string, caller: Caller | undefined) {
        if (idOrSlug.includes("\0")) return yield* new ProductNotFound()
        const product = Option.getOrUndefined(yield* find(idOrSlug))
        if (product === undefined || !maySeeProduct(caller, product)) return yield* new ProductNotFound()
        return product.json
      })

      // In the transaction that wrote it: who is told that a change failed may send it again.
      const written = (id: ProductId) => Effect.map(find(id), (product) => Option.getOrThrow(product).json)

      const categoryIdOf = Effect.fnUntraced(function* (category: string | null) {
        if (category === null) return null
        const found = yield* categories.find(category)
        if (Option.isNone(found)) {
          return yield* invalidField("category", "There is no such category; see /api/v1/categories")
        }
        return found.value
      })

      const sellerOf = Effect.fnUntraced(function* (caller: Caller, sellerId: string | undefined) {
        if (caller.role !== "admin") return caller.id
        const rows = sellerId
          ? yield* Effect.orDie(sql<{ id: UserId }>`SELECT id FROM users WHERE id = ${sellerId} AND role = 'seller'`)
          : []
        return (
          rows[0]?.id ?? (yield* invalidField("seller_id", "An administrator names the seller whose product it is"))
        )
      })

      // Whoever sells for the shop, and its owner.
      const holdFor = Effect.fnUntraced(function* (caller: Caller, seller: UserId) {
        const held = yield* people.holdAll([caller.id, seller], "use")
        if (held.find(({ id }) => id === seller)?.shop_open !== true) return yield* new ShopClosed()
        const author = held.find(({ id, status }) => id === caller.id && status === "active")
        if (author === undefined || !mayEditProduct(author, seller)) return yield* onlySellers
      })

      // The readable slug if it is free, else one with a random end.
      const insert = Effect.fnUntraced(function* (row: Record<string, unknown>, name: string) {
        const slug = slugOf(name)
        const end = SecureRandom.uuidV4Unsafe().slice(0, 8)
        const free = isReservedSlug(slug) ? [] : [slug]
        for (const candidate of [...free, `${slug}-${end}`]) {
          const rows = yield* sql`INSERT INTO products ${sql.insert({ ...row, slug: candidate })}
            ON CONFLICT (slug) DO NOTHING RETURNING id`
          if (rows.length > 0) return
        }
        return yield* Effect.die(`No free slug for ${slug}`)
      }, Effect.orDie)

      /** These columns of a product as they are now, for the audit log. */
      const columnsAt = Effect.fnUntraced(function* (id: ProductId, names: ReadonlyArray<string>) {
        const [row] = yield* sql<{ values: Record<string, unknown> }>`
          SELECT jsonb_object_agg(c.key, c.value) AS values FROM products p, jsonb_each(to_jsonb(p)) c
          WHERE p.id = ${id} AND c.key = ANY(${names}::text[])`
        return row?.values ?? null
      })

      // What an administrator does to somebody's product, with these columns before and after.
      const audited = <A, E>(
        caller: Caller,
        action: `product.${string}`,
        { id, seller_id: about }: { readonly id: ProductId; readonly seller_id: UserId },
        names: ReadonlyArray<string>,
        write: Effect.Effect<A, E>
      ) =>
        Effect.gen(function* () {
          if (caller.role !== "admin") return yield* write
          const before = yield* columnsAt(id, names)
          const result = yield* write
          const after = yield* columnsAt(id, names)
          yield* audit.record({ id: caller.id, name: "admin" }, { action, subject_id: id, about, before, after })
          return result
        })

      const create = Effect.fn("Products.create")(function* (caller: Caller, input: CreateProduct) {
        if (!mayCreateProduct(caller)) return yield* onlySellers
        const { category, seller_id, sku, stock: _, ...rest } = columnsOf(input)
        yield* checkOriginalPrice(rest.price, rest.original_price ?? null)
        const id = ProductId.make(SecureRandom.uuidV7Unsafe())
        const seller = yield* sellerOf(caller, seller_id)
        const category_id = yield* categoryIdOf(category ?? null)
        return yield* Effect.gen(function* () {
          yield* holdFor(caller, seller)
          const { price, name } = rest
          const columns = { id, seller_id: seller, category_id, ...rest, min_price: price, max_price: price }
          yield* audited(caller, "product.create", columns, mainColumns, insert(columns, name))
          yield* checkTexts(sql, id, columns)
          const sku_id = SecureRandom.uuidV7Unsafe()
          yield* sql`INSERT INTO skus ${sql.insert({ id: sku_id, product_id: id, code: sku ?? null, stock: 0 })}`
          const stock = input.stock ?? (input.in_stock === false ? 0 : null)
          yield* recount(sql, sku_id, stock, "opening", moverOf(caller))
          yield* events.emit(productCreated, { id, seller_id: seller }, { entity: id })
          yield* changed
          return yield* written(id)
        }).pipe(sql.withTransaction, sqlOrDie)
      })

      const update = Effect.fn("Products.update")(function* (
        caller: Caller,
        id: string,
        input: UpdateProduct,
        expected?: Expected
      ) {
        const { category, sku, stock: counted, ...rest } = columnsOf(input)
        const category_id = category === undefined ? {} : { category_id: yield* categoryIdOf(category) }
        return yield* Effect.gen(function* () {
          const product = yield* hold(caller, id, { goesOnSale: input.status === "active" })
          const only = yield* onlySku(product, input)
          if (counted !== undefined && !namesVersion(expected)) {
            return yield* new PreconditionRequired({ reason: "A stock is counted at one moment." })
          }
          yield* requireVersion(expected, written(product.id))
          const changes = { ...rest, ...category_id }
          yield* checkOriginalPrice(
            input.price ?? product.price,
            input.original_price === undefined ? product.original_price : input.original_price
          )
          const write = sql`UPDATE products SET ${changesOf(sql, changes)} WHERE id = ${product.id}`
          yield* audited(caller, "product.update", product, Object.keys(changes), write)
          yield* checkTexts(sql, product.id, changes)
          if (only !== undefined) yield* writeSku(only, { code: sku, followsPrice: input.price !== undefined })
          const of = { id: product.id, seller_id: product.seller_id }
          const entity = { entity: product.id }
          const [prices] = input.price === undefined ? [] : yield* settlePrices(sql, product.id)
          if (prices !== undefined) yield* events.emit(productPriced, { ...of, ...prices }, entity)
          for (const { id: sku_id, stock } of countsAfter(product, input)) {
            yield* recount(sql, sku_id, stock, "recount", moverOf(caller))
            yield* events.emit(productStocked, { ...of, sku_id, stock }, entity)
          }
          const fields = Object.keys(input)
          if (fields.length > 0) yield* events.emit(productChanged, { ...of, fields }, entity)
          yield* changed
          return yield* written(product.id)
        }).pipe(sql.withTransaction, sqlOrDie)
      })

      const writeSku = (
        only: HeldSku,
        { code, followsPrice }: { code?: string | null | undefined; followsPrice: boolean }
      ) =>
        sql`UPDATE skus SET code = ${code === undefined ? only.code : code}, price = ${followsPrice ? null : only.price}
          WHERE id = ${only.id}`

      const remove = Effect.fn("Products.remove")(function* (caller: Caller, id: string) {
        return yield* Effect.gen(function* () {
          const product = yield* hold(caller, id)
          const unused = yield* sql`
            SELECT FROM products p WHERE p.id = ${product.id} AND ${sql.literal(uses.isUnused("products", "p"))}
              AND NOT EXISTS (SELECT FROM skus k WHERE k.product_id = p.id
                AND NOT (${sql.literal(uses.isUnused("skus", "k"))} AND NOT ${sql.literal(hasMoved("k"))}))`
          const outcome = unused.length > 0 ? ("deleted" as const) : ("archived" as const)
          const write =
            outcome === "deleted"
              ? sql`DELETE FROM products WHERE id = ${product.id}`
              : sql`UPDATE products SET status = 'archived', ${sql.literal(noPicture)}, updated_at = now() WHERE id = ${product.id}`
          const shown = yield* strip(sql, sql`p.id = ${product.id}`)
          yield* audited(caller, "product.delete", product, mainColumns, write)
          yield* pictures.letGo(shown)
          const of = { id: product.id, seller_id: product.seller_id }
          yield* events.emit(productDeleted, of, { entity: product.id })
          yield* changed
          return encodeRemoval({ id: product.id, outcome })
        }).pipe(sql.withTransaction, sqlOrDie)
      })

      return Products.of({ get, create, update, remove })
    })
  )
}

const onlySellers = new Forbidden({ reason: "Only sellers can add products." })
const encodeRemoval = encode(Removal)

const mainColumns = ["seller_id", "name", "price", "status"]

const encodeAttributes = Schema.encodeSync(Schema.fromJsonString(Attributes))

/** A jsonb column takes its JSON as text. */
const columnsOf = <Input extends { readonly attributes?: typeof Attributes.Type; readonly in_stock?: boolean }>({
  in_stock: _,
  ...input
}: Input) => (input.attributes === undefined ? input : { ...input, attributes: encodeAttributes(input.attributes) })

/**
 * The stocks that are others after a number was given, or `in_stock` alone: nothing is left of any variant, or of one
 * that had nothing left there is as much as one likes.
 */
const countsAfter = ({ skus }: HeldProduct, { stock, in_stock }: UpdateProduct) => {
  const live = skus.filter(({ archived }) => !archived)
  if (stock !== undefined) return live.filter((sku) => sku.stock !== stock).map(({ id }) => ({ id, stock }))
  if (in_stock === undefined) return []
  if (!in_stock) return live.filter((sku) => sku.stock !== 0).map(({ id }) => ({ id, stock: 0 }))
  return live.every((sku) => sku.stock === 0) ? live.map(({ id }) => ({ id, stock: null })) : []
}

/** What belongs to one variant can be said of the product while it has no other: that one; undefined: there are several. */
const onlySku = Effect.fnUntraced(function* ({ id, skus }: HeldProduct, input: UpdateProduct) {
  const live = skus.filter(({ archived }) => !archived)
  if (live.length === 1) return live[0]
  const isSaid = { stock: input.stock !== undefined, sku: input.sku !== undefined }
  const details = Object.entries(isSaid).flatMap(([field, said]) =>
    said ? [{ field, message: `Several variants have their own: PUT /api/v1/products/${id}/variants` }] : []
  )
  return details.length === 0 ? undefined : yield* new ValidationFailed({ details })
})

const checkOriginalPrice = (price: number, originalPrice: number | null) =>
  originalPrice === null || originalPrice > price
    ? Effect.void
    : Effect.fail(invalidField("original_price", "The price before the discount is higher than the price"))
