import { randomUUIDv7 } from "node:crypto"
import { Context, Effect, Layer, Schema } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import type { AccountClosed } from "../auth/errors.ts"
import type { Caller } from "../auth/model.ts"
import { People } from "../auth/People.ts"
import { Carts } from "../cart/Carts.ts"
import type { ProductsNotFound } from "../cart/errors.ts"
import { maxQuantity } from "../cart/policy.ts"
import type { OutOfStock, VariantRequired } from "../catalog/errors.ts"
import { requireVariant } from "../catalog/variantRequired.ts"
import { Wilayas } from "../delivery/Wilayas.ts"
import { invalidField, type ValidationFailed } from "../errors.ts"
import { Events } from "../events/Events.ts"
import { hashOf, newToken } from "../guestToken.ts"
import { retryable, sqlOrDie } from "../sql.ts"
import { type Encoded, encode, rowsWith, withField } from "../wire.ts"
import type { TotalChanged } from "./errors.ts"
import { orderPlaced } from "./events.ts"
import type { PlacedOrder } from "./model.ts"
import { maxTotal } from "./money.ts"
import { newNumber } from "./orderNumber.ts"
import { parametersOf, placedJson, placeMany, placeOne, type RefusedRow } from "./placeSql.ts"
import { type Draft, type Line, refusalOf, tooMany, unresolved } from "./placing.ts"
import type { PlaceOrder } from "./requests.ts"

type Refusal = AccountClosed | ValidationFailed | ProductsNotFound | VariantRequired | OutOfStock | TotalChanged

/** Who orders, and the token that came along. */
export type Buyer = { readonly caller: Caller | undefined; readonly cart_token?: string | undefined }

export class Checkout extends Context.Service<
  Checkout,
  {
    /**
     * Places an order of a user or a guest, of `items` or of their cart, and takes its stock, all at once. The answer to
     * a guest holds the order's token, which is not kept.
     */
    readonly place: (buyer: Buyer, input: PlaceOrder) => Effect.Effect<Encoded<PlacedOrder>, Refusal>
  }
>()("zst/orders/Checkout") {
  static readonly layer = Layer.effect(
    Checkout,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const carts = yield* Carts
      const people = yield* People
      const wilayas = yield* Wilayas
      const events = yield* Events

      const insert = Effect.fnUntraced(function* (draft: Draft) {
        const { lines, order } = draft
        const [first] = lines
        const line =
          lines.length === 1 && first !== undefined
            ? {
                product_id: first.product_id ?? null,
                sku_id: first.sku_id ?? null,
                quantity: first.quantity
              }
            : {
                product_id: lines.map(({ product_id }) => product_id ?? ""),
                sku_id: lines.map(({ sku_id }) => sku_id ?? ""),
                quantity: lines.map(({ quantity }) => quantity)
              }
        const params = parametersOf({
          ...line,
          most_total: maxTotal,
          wilaya_code: draft.wilaya?.code ?? null,
          id: draft.id,
          order_number: draft.number,
          user_id: draft.user_id,
          token_hash: draft.token === undefined ? null : hashOf(draft.token),
          customer_name: order.customer_name,
          customer_phone: order.customer_phone,
          customer_email: order.customer_email ?? null,
          commune: order.commune ?? null,
          customer_address: order.customer_address ?? null,
          notes: order.notes ?? null,
          payment_method: order.payment_method,
          actor: draft.actor,
          wilaya: draft.wilaya?.name_fr ?? null,
          expected_total: order.expected_total ?? null
        })
        const place = rowsWith(placedJson, () =>
          sql.unsafe<RefusedRow>(lines.length === 1 ? placeOne : placeMany, params)
        )
        const begun = yield* place
        // What a product alone stands for was looked up before it was waited for: it may be another variant by now.
        const rows = begun[0]?.json == null && unresolved(draft, begun).length > 0 ? yield* place : begun
        const placed = rows[0]?.json
        if (placed == null) {
          if (rows[0]?.position == null && draft.user_id !== null) yield* people.hold(draft.user_id, "use")
          yield* requireVariant(sql, unresolved(draft, rows))
          return yield* Effect.fail(refusalOf(draft, rows))
        }
        yield* events.told(orderPlaced)
        return draft.token === undefined ? placed : withField(placed, "tracking_token", encodeToken(draft.token))
      })

      const draftOf = (
        caller: Caller | undefined,
        order: PlaceOrder,
        lines: ReadonlyArray<Line>,
        wilaya: Draft["wilaya"]
      ): Draft => ({
        id: randomUUIDv7(),
        number: newNumber(),
        user_id: caller?.id ?? null,
        actor: caller === undefined ? "guest" : "customer",
        token: caller === undefined ? newToken() : undefined,
        order,
        wilaya,
        lines
      })

      const placeItems = Effect.fnUntraced(function* (
        caller: Caller | undefined,
        order: PlaceOrder,
        items: ReadonlyArray<Line>
      ) {
        const { customer_wilaya: name } = order
        const wilaya = name == null ? undefined : yield* wilayas.named(name, "customer_wilaya")
        return yield* insert(draftOf(caller, order, yield* linesOf(items), wilaya))
      })

      const placeCart = Effect.fnUntraced(function* ({ caller, cart_token: token }: Buyer, order: PlaceOrder) {
        if (caller === undefined && token === undefined) {
          return yield* invalidField("from_cart", "Send the cart's X-Cart-Token, sign in, or send items")
        }
        const held = yield* carts.hold(caller === undefined ? { token } : { user: caller.id })
        if (held.length === 0) return yield* invalidField("from_cart", "The cart is empty")
        const lines = held.map(({ sku_id, quantity, price_when_added }) => ({ sku_id, quantity, price_when_added }))
        const placed = yield* placeItems(caller, order, lines)
        yield* carts.takeOut(held)
        return placed
      }, sql.withTransaction)

      const place = (buyer: Buyer, order: PlaceOrder): Effect.Effect<Encoded<PlacedOrder>, Refusal> => {
        if ((order.from_cart === true) === (order.items !== undefined)) {
          return Effect.fail(invalidField("items", "Give items, or from_cart: true"))
        }
        const attempt =
          order.items === undefined
            ? placeCart(buyer, order)
            : retryable(sql)(placeItems(buyer.caller, order, order.items))
        return attempt.pipe(Effect.retry({ times: 3, while: isWorthAnotherTry }), sqlOrDie)
      }

      return Checkout.of({ place })
    })
  )
}

const encodeToken = encode(Schema.String)

/** Nothing was done: the number was taken, or PostgreSQL chose this transaction to give way. */
const isWorthAnotherTry = (error: SqlError.SqlError | Refusal) =>
  error._tag === "SqlError" && giveWay.has(error.reason._tag)

const giveWay = new Set(["UniqueViolation", "DeadlockError", "SerializationError"])

/** One line for the same name, in the order that the customer gave. */
const linesOf = Effect.fnUntraced(function* (items: ReadonlyArray<Line>) {
  const lines = new Map<string, Line>()
  for (const [index, { quantity, ...named }] of items.entries()) {
    const { product_id, sku_id } = named
    if (product_id === undefined && sku_id === undefined) {
      return yield* invalidField(`items[${index}].product_id`, "Give a product_id or a sku_id")
    }
    const key = `${product_id} ${sku_id}`
    const line = lines.get(key)
    const sum = quantity + (line?.quantity ?? 0)
    if (sum > maxQuantity) return yield* invalidField(`items[${index}].quantity`, tooMany)
    lines.set(key, { ...named, quantity: sum })
  }
  return [...lines.values()]
})
