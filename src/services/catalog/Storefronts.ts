import { Context, Effect, Layer } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import type { UserId } from "../auth/model.ts"
import { ShopClosed } from "./errors.ts"
import { Freshness } from "./Freshness.ts"

/** Over users u and sellers s. */
export const isOpenShop = "u.status = 'active' AND u.role = 'seller' AND u.delete_after IS NULL AND s.status = 'active'"

/**
 * Whether a shop is open: its owner is an active seller who is not about to leave, and nobody suspended it. What a
 * closed shop has on sale waits as `suspended`, so that no list, order or index has to ask about the shop.
 */
export class Storefronts extends Context.Service<
  Storefronts,
  {
    /**
     * Brings a shop's products in line with its owner's standing, which the caller's transaction has just changed. A
     * user without a shop has nothing to bring in line.
     */
    readonly settle: (owner: UserId) => Effect.Effect<void, SqlError.SqlError>
    /** Holds an open shop open until the caller's transaction ends: it closes before or after, and not in between. */
    readonly holdOpen: (owner: UserId) => Effect.Effect<void, ShopClosed | SqlError.SqlError>
  }
>()("zst/catalog/Storefronts") {
  static readonly layer = Layer.effect(
    Storefronts,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const freshness = yield* Freshness
      const isOpen = sql.literal(isOpenShop)

      const settle = Effect.fn("Storefronts.settle")(function* (owner: UserId) {
        // A big shop takes longer than a request's statement may. In id order, as orders lock products.
        yield* sql`SELECT set_config('statement_timeout', '60s', true)`
        yield* sql`
          WITH shop AS (SELECT s.id, ${isOpen} AS open FROM sellers s JOIN users u ON u.id = s.id WHERE s.id = ${owner}),
          held AS MATERIALIZED (
            SELECT p.id, shop.open FROM products p JOIN shop ON shop.id = p.seller_id
            WHERE p.status = CASE WHEN shop.open THEN 'suspended' ELSE 'active' END
            ORDER BY p.id FOR NO KEY UPDATE OF p
          )
          UPDATE products p SET status = CASE WHEN held.open THEN 'active' ELSE 'suspended' END, updated_at = now()
          FROM held WHERE p.id = held.id`
        yield* sql.afterCommit(freshness.changed)
      })

      // Every change of a standing locks the owner's row. What it says is read by a statement of its own, which sees what
      // was committed while the lock was waited for.
      const holdOpen = Effect.fn("Storefronts.holdOpen")(function* (owner: UserId) {
        yield* sql`SELECT FROM users WHERE id = ${owner} FOR SHARE`
        const open = yield* sql`SELECT FROM sellers s JOIN users u ON u.id = s.id WHERE s.id = ${owner} AND ${isOpen}`
        if (open.length === 0) return yield* new ShopClosed()
      })

      return Storefronts.of({ settle, holdOpen })
    })
  )
}
