import { Context, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import type { AccountClosed } from "../auth/errors.ts"
import type { UserId } from "../auth/model.ts"
import { People } from "../auth/People.ts"
import { invalidField, type ValidationFailed } from "../errors.ts"
import { Retention } from "../Retention.ts"
import { sqlOrDie } from "../sql.ts"
import { tryEach } from "../tryEach.ts"
import type { Encoded } from "../wire.ts"
import { Carts } from "./Carts.ts"
import { makeCartRows } from "./cartRows.ts"
import type { Cart } from "./model.ts"
import { maxLines, maxQuantity } from "./policy.ts"

const batch = 200

/** How carts of people without an account end: in the account's at sign-in, or left behind. */
export class GuestCarts extends Context.Service<
  GuestCarts,
  {
    /** Puts what is in a guest's cart into the user's, and the guest's is no more. Without one, nothing changes. */
    readonly merge: (user: UserId, token: string) => Effect.Effect<Encoded<Cart>, AccountClosed | ValidationFailed>
    /** Drops those that nobody changed for as long as they are kept: how many. */
    readonly prune: Effect.Effect<number>
  }
>()("zst/cart/GuestCarts") {
  static readonly layer = Layer.effect(
    GuestCarts,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const carts = yield* Carts
      const { guestCartDays } = yield* Retention
      const { lock, lockUsers, empty } = makeCartRows(sql, yield* People)

      // The skus first, as in every change: a deletion of theirs goes on to the lines that are written here.
      const merge = Effect.fn("GuestCarts.merge")(
        function* (user: UserId, token: string) {
          const cart = yield* lockUsers(user)
          const guests = yield* lock({ token })
          if (guests === undefined) return yield* carts.get({ user })
          const both = sql`cart_id IN (${cart}, ${guests})`
          const skus = yield* sql`
            SELECT k.id FROM skus k JOIN products p ON p.id = k.product_id
            WHERE k.id IN (SELECT sku_id FROM cart_items WHERE ${both}) ORDER BY k.id FOR KEY SHARE OF k, p`
          if (skus.length > maxLines) {
            const message = `Together with the cart of the account it has ${skus.length} products; ${maxLines} fit`
            return yield* invalidField("x-cart-token", message)
          }
          yield* sql`
            INSERT INTO cart_items (id, cart_id, sku_id, quantity, product_name, price_when_added)
            SELECT uuidv7(), ${cart}, sku_id, quantity, product_name, price_when_added FROM (
              SELECT * FROM cart_items WHERE cart_id = ${guests} ORDER BY id) i
            ON CONFLICT (cart_id, sku_id) DO UPDATE
            SET quantity = least(cart_items.quantity + excluded.quantity, ${maxQuantity}),
              product_name = excluded.product_name, price_when_added = excluded.price_when_added`
          yield* sql`DELETE FROM carts WHERE id = ${guests}`
          return yield* carts.get({ user })
        },
        sql.withTransaction,
        sqlOrDie
      )

      const isLeft = sql`user_id IS NULL AND updated_at < now() - make_interval(days => ${guestCartDays})`

      // Who is just using one has not left it.
      const drop = Effect.fnUntraced(function* (carts: ReadonlyArray<string>) {
        const held = yield* sql<{ id: string }>`
          SELECT id FROM carts WHERE id = ANY(${carts}::uuid[]) AND ${isLeft} FOR UPDATE SKIP LOCKED`
        const ids = held.map(({ id }) => id)
        yield* empty(ids)
        yield* sql`DELETE FROM carts WHERE id = ANY(${ids}::uuid[])`
        return ids.length
      }, sql.withTransaction)

      /** All at once; and one by one when something in one of them is held. */
      const dropAll = (carts: ReadonlyArray<string>) =>
        drop(carts).pipe(
          Effect.map((count) => ({ done: [count], failed: 0 })),
          Effect.catchCause(() => tryEach(carts, (cart) => drop([cart]), "a guest's cart could not be dropped"))
        )

      const prune = Effect.gen(function* () {
        let [dropped, failures] = [0, 0]
        let last = "00000000-0000-0000-0000-000000000000"
        for (;;) {
          const left: ReadonlyArray<{ id: string }> = yield* sql<{ id: string }>`
            SELECT id FROM carts WHERE ${isLeft} AND id > ${last}::uuid ORDER BY id LIMIT ${batch}`
          const { done, failed } = yield* dropAll(left.map(({ id }) => id))
          dropped += done.reduce((sum, count) => sum + count, 0)
          failures += failed
          last = left.at(-1)?.id ?? last
          if (left.length < batch) break
        }
        return failures === 0 ? dropped : yield* Effect.die(`${failures} carts of guests could not be dropped`)
      }).pipe(Effect.orDie, Effect.withSpan("GuestCarts.prune"))

      return GuestCarts.of({ merge, prune })
    })
  )
}
