import { Context, Effect, Layer, Schema } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import type { AccountClosed } from "../auth/errors.ts"
import { People } from "../auth/People.ts"
import { OutOfStock, type VariantRequired } from "../catalog/errors.ts"
import type { ProductId } from "../catalog/model.ts"
import type { Options, SkuId } from "../catalog/skuModel.ts"
import { requireVariant } from "../catalog/variantRequired.ts"
import { invalidField, type ValidationFailed } from "../errors.ts"
import { isUuid } from "../model.ts"
import { sqlOrDie } from "../sql.ts"
import { thousands } from "../text.ts"
import { type Encoded, encode, readFirst, withField } from "../wire.ts"
import { type CartOwner, makeCartRows } from "./cartRows.ts"
import { cartJson, countJson } from "./cartSql.ts"
import { CartItemNotFound, ProductsNotFound } from "./errors.ts"
import type { AddCartItem, AddedCart, Cart, CartCount, CartItemId } from "./model.ts"
import { judge, maxLines, maxQuantity, type Offer } from "./policy.ts"

export type CartLine = {
  readonly id: CartItemId
  readonly product_id: ProductId
  readonly sku_id: SkuId
  readonly quantity: number
  readonly price_when_added: number
}

type Refusal = AccountClosed | ProductsNotFound | VariantRequired | OutOfStock | ValidationFailed

type Named = Offer & {
  readonly product_id: ProductId
  readonly sku_id: SkuId
  readonly product_name: string
  readonly options: Options
}

type Candidate = Named & {
  readonly price: number
  readonly in_cart: number
  readonly lines: number
  readonly variants_count: number
}

export class Carts extends Context.Service<
  Carts,
  {
    /** The cart at today's prices, as wire JSON. One that was never used is empty. */
    readonly get: (owner: CartOwner) => Effect.Effect<Encoded<Cart>>
    readonly count: (owner: CartOwner) => Effect.Effect<Encoded<CartCount>>
    /** Adds to the variant's line, or begins one. A guest without a cart, or with one that is gone, gets one with a new token. */
    readonly add: (owner: CartOwner, input: AddCartItem) => Effect.Effect<Encoded<AddedCart>, Refusal>
    readonly setQuantity: (
      owner: CartOwner,
      item: string,
      quantity: number
    ) => Effect.Effect<Encoded<Cart>, CartItemNotFound | Refusal>
    readonly remove: (owner: CartOwner, item: string) => Effect.Effect<Encoded<Cart>, AccountClosed | CartItemNotFound>
    readonly clear: (owner: CartOwner) => Effect.Effect<Encoded<Cart>, AccountClosed>
    /** Locks the cart for the caller's transaction and reads its lines: nobody adds or orders them meanwhile. */
    readonly hold: (owner: CartOwner) => Effect.Effect<ReadonlyArray<CartLine>, AccountClosed | SqlError.SqlError>
    /** Takes these lines out, in the caller's transaction. */
    readonly takeOut: (lines: ReadonlyArray<CartLine>) => Effect.Effect<void, SqlError.SqlError>
  }
>()("zst/cart/Carts") {
  static readonly layer = Layer.effect(
    Carts,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const people = yield* People
      // Every change begins with the lock of its cart, and reads what it answers before its commit: who is told that it failed
      // may send it again. The order of locks is people, carts, skus, products, cart_items, as a
      // product's deletion goes on to the lines that hold it.
      const { isOwn, lock, begin, empty } = makeCartRows(sql, people)

      const oneRow = () => Effect.die("An aggregate has one row")

      const read = (owner: CartOwner) =>
        readFirst(
          cartJson,
          (json) => sql`
            SELECT ${json}
            FROM carts c
            JOIN cart_items i ON i.cart_id = c.id
            JOIN skus k ON k.id = i.sku_id
            JOIN products p ON p.id = k.product_id
            LEFT JOIN sellers s ON s.id = p.seller_id
            WHERE ${isOwn(owner)}`,
          oneRow
        ).pipe(Effect.orDie)

      const get = Effect.fn("Carts.get")((owner: CartOwner) => read(owner))

      const count = Effect.fn("Carts.count")(
        (owner: CartOwner) =>
          readFirst(
            countJson,
            (json) => sql`SELECT ${json} FROM carts c JOIN cart_items i ON i.cart_id = c.id WHERE ${isOwn(owner)}`,
            oneRow
          ),
        Effect.orDie
      )

      const requireChoice = (product_id: ProductId) => requireVariant(sql, [{ field: "sku_id", product_id }])

      const skuOf = Effect.fnUntraced(function* ({ product_id, sku_id }: AddCartItem) {
        if (sku_id !== undefined) return sku_id
        if (product_id === undefined) return yield* invalidField("product_id", "Give a product_id or a sku_id")
        const [sku, other] = yield* sql<{ id: SkuId }>`
          SELECT k.id FROM skus k JOIN products p ON p.id = k.product_id
          WHERE p.id = ${product_id} AND p.status = 'active' AND NOT k.archived LIMIT 2`
        if (other !== undefined) yield* requireChoice(product_id)
        return sku === undefined ? yield* notFound({ product_id }) : sku.id
      })

      const candidate = (cart: string, sku: SkuId) => sql<Candidate>`
        SELECT p.id AS product_id, k.id AS sku_id, p.name AS product_name, k.options, k.stock, p.min_order_quantity,
          ${sql.literal(statusOf)} AS status, coalesce(k.price, p.price) AS price,
          coalesce((SELECT quantity FROM cart_items WHERE cart_id = ${cart} AND sku_id = k.id), 0) AS in_cart,
          (SELECT count(*)::int FROM cart_items WHERE cart_id = ${cart}) AS lines, p.variants_count
        FROM skus k JOIN products p ON p.id = k.product_id WHERE k.id = ${sku} FOR KEY SHARE OF k, p`

      const addLine = Effect.fnUntraced(function* (owner: CartOwner, input: AddCartItem) {
        const held = yield* lock(owner)
        const begun = held === undefined ? yield* begin : undefined
        const cart = held ?? begun?.id ?? ""
        const { product_id, quantity } = input
        const hold = Effect.flatMap(skuOf(input), (sku_id) =>
          Effect.map(candidate(cart, sku_id), ([sku]) => ({ sku_id, sku }))
        )
        const first = yield* hold
        // What a product alone stands for was looked up before it was waited for: it may be another variant by now.
        const isGone = first.sku === undefined || first.sku.status === "archived"
        const { sku_id, sku } = isGone && input.sku_id === undefined ? yield* hold : first
        const named = product_id === undefined ? { sku_id } : { product_id }
        if (sku === undefined || sku.product_id !== (product_id ?? sku.product_id)) return yield* notFound(named)
        // The product may have got a second one before it was locked.
        if (input.sku_id === undefined && sku.variants_count > 1) yield* requireChoice(sku.product_id)
        yield* check(sku, named, sku.in_cart + quantity)
        if (sku.in_cart === 0 && sku.lines >= maxLines) {
          return yield* invalidField("product_id", `A cart holds at most ${maxLines} products`)
        }
        yield* sql`
            INSERT INTO cart_items (id, cart_id, sku_id, quantity, product_name, price_when_added)
            VALUES (uuidv7(), ${cart}, ${sku_id}, ${quantity}, ${sku.product_name}, ${sku.price})
            ON CONFLICT (cart_id, sku_id) DO UPDATE
            SET quantity = cart_items.quantity + excluded.quantity, product_name = excluded.product_name,
              price_when_added = excluded.price_when_added`
        return begun?.token
      })

      const add = Effect.fn("Carts.add")(
        function* (owner: CartOwner, input: AddCartItem) {
          const token = yield* addLine(owner, input)
          return token === undefined
            ? yield* read(owner)
            : withField(yield* read({ token }), "cart_token", encodeToken(token))
        },
        sql.withTransaction,
        sqlOrDie
      )

      const changeLine = Effect.fnUntraced(
        function* (owner: CartOwner, item: string, quantity: number) {
          const cart = yield* lock(owner)
          if (cart === undefined) return yield* new CartItemNotFound()
          const [line] = yield* sql<Named>`
            SELECT p.id AS product_id, k.id AS sku_id, p.name AS product_name, k.options, k.stock, p.min_order_quantity,
              ${sql.literal(statusOf)} AS status
            FROM cart_items i JOIN skus k ON k.id = i.sku_id JOIN products p ON p.id = k.product_id
            WHERE i.id = ${item} AND i.cart_id = ${cart}`
          if (line === undefined) return yield* new CartItemNotFound()
          yield* check(line, { product_id: line.product_id, sku_id: line.sku_id }, quantity)
          yield* sql`UPDATE cart_items SET quantity = ${quantity} WHERE id = ${item}`
          return yield* read(owner)
        },
        sql.withTransaction,
        sqlOrDie
      )

      const setQuantity = Effect.fn("Carts.setQuantity")(function* (owner: CartOwner, item: string, quantity: number) {
        return isUuid(item) ? yield* changeLine(owner, item, quantity) : yield* new CartItemNotFound()
      })

      const takeLine = Effect.fnUntraced(
        function* (owner: CartOwner, item: string) {
          const cart = yield* lock(owner)
          const [removed] = yield* sql`
            DELETE FROM cart_items WHERE id = ${item} AND cart_id = ${cart ?? null} RETURNING id`
          // Within the transaction: who has no such line gets no cart either.
          if (removed === undefined) return yield* new CartItemNotFound()
          return yield* read(owner)
        },
        sql.withTransaction,
        sqlOrDie
      )

      const remove = Effect.fn("Carts.remove")(function* (owner: CartOwner, item: string) {
        return isUuid(item) ? yield* takeLine(owner, item) : yield* new CartItemNotFound()
      })

      const clear = Effect.fn("Carts.clear")(
        function* (owner: CartOwner) {
          const cart = yield* lock(owner)
          if (cart !== undefined) yield* empty([cart])
          return yield* read(owner)
        },
        sql.withTransaction,
        sqlOrDie
      )

      const hold = Effect.fn("Carts.hold")(function* (owner: CartOwner) {
        const cart = yield* lock(owner)
        if (cart === undefined) return []
        return yield* sql<CartLine>`
          SELECT i.id, k.product_id, i.sku_id, i.quantity, i.price_when_added
          FROM cart_items i JOIN skus k ON k.id = i.sku_id WHERE i.cart_id = ${cart} ORDER BY i.id`
      })

      const takeOut = Effect.fn("Carts.takeOut")(
        (lines: ReadonlyArray<CartLine>) =>
          sql`DELETE FROM cart_items WHERE id = ANY(${lines.map(({ id }) => id)}::uuid[])`
      )

      return Carts.of({ get, count, add, setQuantity, remove, clear, hold, takeOut })
    })
  )
}

const encodeToken = encode(Schema.String)

type Asked = { readonly product_id?: ProductId; readonly sku_id?: SkuId }

const notFound = (asked: Asked) => new ProductsNotFound({ details: [asked] })

const statusOf = "CASE WHEN k.archived THEN 'archived' ELSE p.status END"

const check = Effect.fnUntraced(function* (offer: Named, asked: Asked, requested: number) {
  switch (judge(offer, requested)) {
    case "available":
      return
    case "not_on_sale":
      return yield* notFound(asked)
    case "too_many":
      return yield* invalidField("quantity", `A line holds at most ${thousands(maxQuantity)}`)
    case "below_minimum":
      return yield* invalidField("quantity", `This product is sold from ${offer.min_order_quantity}`)
    case "out_of_stock": {
      const { product_id, sku_id, product_name, options, stock } = offer
      return yield* new OutOfStock({
        details: [{ product_id, sku_id, product_name, options, available: stock ?? 0, requested }]
      })
    }
  }
})
