import { Context, Effect, Layer } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import type { UserId } from "../auth/model.ts"
import { isOpenShop } from "../auth/People.ts"
import { Events } from "../events/Events.ts"
import { longPatience, patiently } from "../patience.ts"
import { Rehearsal } from "../rehearsal.ts"
import { shopSettled } from "./events.ts"
import { Freshness } from "./Freshness.ts"
import { holdShop } from "./holdShop.ts"

/**
 * The products of a shop follow its standing: what a closed shop has on sale waits as `suspended`, so that no list, order
 * or index has to ask about the shop; so does the tier of its owner.
 */
export class ShopProducts extends Context.Service<
  ShopProducts,
  {
    /**
     * Brings a shop's products in line with its owner's standing, which the caller's transaction has just changed. A
     * user without a shop has nothing to bring in line.
     */
    readonly settle: (owner: UserId) => Effect.Effect<void, SqlError.SqlError>
  }
>()("zst/catalog/ShopProducts") {
  static readonly layer = Layer.effect(
    ShopProducts,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const freshness = yield* Freshness
      const events = yield* Events

      const settle = Effect.fn("ShopProducts.settle")(
        function* (owner: UserId) {
          // First what orders lock first, in id order.
          yield* holdShop(sql, owner)
          const [moved] = yield* sql`
          WITH moved AS (
            UPDATE products p SET seller_category = u.seller_category FROM users u
            WHERE u.id = ${owner} AND p.seller_id = u.id AND p.seller_category IS DISTINCT FROM u.seller_category
            RETURNING p.id
          )
          SELECT FROM moved LIMIT 1`
          const settled = yield* sql<{ on_sale: boolean }>`
          WITH shop AS (
            SELECT s.id, ${sql.literal(isOpenShop)} AS open FROM sellers s JOIN users u ON u.id = s.id WHERE s.id = ${owner}
          ),
          settled AS (
            UPDATE products p SET status = CASE WHEN shop.open THEN 'active' ELSE 'suspended' END, updated_at = now()
            FROM shop
            WHERE p.seller_id = shop.id AND p.status = CASE WHEN shop.open THEN 'suspended' ELSE 'active' END
            RETURNING shop.open
          )
          SELECT open AS on_sale FROM settled LIMIT 1`
          for (const { on_sale } of settled) yield* events.emit(shopSettled, { id: owner, on_sale }, { entity: owner })
          if (moved !== undefined || settled.length > 0) yield* sql.afterCommit(freshness.changed)
        },
        patiently(sql, longPatience),
        (settled) => Effect.flatMap(Rehearsal, (isRehearsed) => (isRehearsed ? Effect.void : settled))
      )

      return ShopProducts.of({ settle })
    })
  )
}
