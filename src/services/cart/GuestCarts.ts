import { Context, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import type { AccountClosed } from "../auth/errors.ts"
import type { UserId } from "../auth/model.ts"
import { People } from "../auth/People.ts"
import { invalidField, type ValidationFailed } from "../errors.ts"
import { Retention } from "../Retention.ts"
import { inBatches, sqlOrDie } from "../sql.ts"
import type { Encoded } from "../wire.ts"
import { Carts } from "./Carts.ts"
import { makeCartRows } from "./cartRows.ts"
import type { Cart } from "./model.ts"
import { maxLines, maxQuantity } from "./policy.ts"

const batch = 1000

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
      const { lock, lockUsers } = makeCartRows(sql, yield* People)

      // The skus first, as in every change: a deletion of theirs goes on to the lines that are written here.
      const moveLines = Effect.fnUntraced(
        function* (user: UserId, token: string) {
          const cart = yield* lockUsers(user)
          const guests = yield* lock({ token })
          if (guests === undefined) return
          const both = sql`cart_id IN (${cart}, ${guests})`
          const skus = yield* sql`
            SELECT k.id FROM skus k JOIN products p ON p.id = k.product_id
            WHERE k.id IN (SELECT sku_id FROM cart_items WHERE ${both}) ORDER BY k.id FOR KEY SHARE OF k, p`
          if (skus.length > maxLines) {
            const message = `Together with the cart of the account it has ${skus.length} products; ${maxLines} fit`
            return yield* invalidField("x-cart-token", message)
          }
          yield* sql`
            INSERT INTO cart_items (id, cart_id, sku_id, quantity, price_when_added)
            SELECT uuidv7(), ${cart}, sku_id, quantity, price_when_added FROM (
              SELECT * FROM cart_items WHERE cart_id = ${guests} ORDER BY id) i
            ON CONFLICT (cart_id, sku_id) DO UPDATE
            SET quantity = least(cart_items.quantity + excluded.quantity, ${maxQuantity}),
              price_when_added = excluded.price_when_added`
          yield* sql`DELETE FROM carts WHERE id = ${guests}`
        },
        sql.withTransaction,
        sqlOrDie
      )

      const merge = Effect.fn("GuestCarts.merge")(function* (user: UserId, token: string) {
        yield* moveLines(user, token)
        return yield* carts.get({ user })
      })

      // Who is just using one has not left it.
      const pruneBatch = sql`
        DELETE FROM carts WHERE id IN (
          SELECT id FROM carts WHERE user_id IS NULL AND updated_at < now() - make_interval(days => ${guestCartDays})
          LIMIT ${batch} FOR UPDATE SKIP LOCKED
        ) RETURNING id`

      const prune = inBatches(
        batch,
        Effect.map(pruneBatch, ({ length }) => length)
      ).pipe(Effect.orDie, Effect.withSpan("GuestCarts.prune"))

      return GuestCarts.of({ merge, prune })
    })
  )
}
