import { Context, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { tryEach } from "../tryEach.ts"
import { Transitions } from "./Transitions.ts"

const batch = 200

type Due = { readonly id: string; readonly order_id: string; readonly created_at: string }

/** How long a shop has to confirm its part of an order. */
export const ExpiryDays = Context.Reference<number>("zst/orders/ExpiryDays", { defaultValue: () => 7 })

/** Orders that a shop lets lie end by themselves, so that nobody waits for ever. */
export class Expiry extends Context.Service<
  Expiry,
  {
    /** Cancels every part that has been pending for as long as its shop had time: how many. */
    readonly run: Effect.Effect<number>
  }
>()("zst/orders/Expiry") {
  static readonly layer = Layer.effect(
    Expiry,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const transitions = yield* Transitions
      const due = sql`created_at < now() - make_interval(days => ${yield* ExpiryDays})`

      // What is due is asked again under the order's lock: a shop may have confirmed meanwhile.
      const expire = Effect.fnUntraced(function* (id: string) {
        const order = yield* transitions.hold(id)
        if (order === undefined) return 0
        const late = yield* sql<{ id: string }>`
          SELECT id FROM seller_orders WHERE order_id = ${id} AND status = 'pending' AND ${due}`
        const parts = order.parts.filter((part) => late.some((one) => one.id === part.id))
        if (parts.length === 0) return 0
        yield* transitions.move({ order, parts, to: "cancelled", kind: "expired", actor: "system", actor_id: null })
        return parts.length
      }, sql.withTransaction)

      const dueAfter = (last: Due | undefined) => sql<Due>`
        SELECT id, order_id, created_at::text AS created_at FROM seller_orders
        WHERE status = 'pending' AND ${due}
          AND ${last === undefined ? sql`true` : sql`(created_at, id) > (${last.created_at}::timestamptz, ${last.id}::uuid)`}
        ORDER BY created_at, id LIMIT ${batch}`

      const run = Effect.gen(function* () {
        let [expired, failures] = [0, 0]
        let last: Due | undefined
        for (;;) {
          const parts: ReadonlyArray<Due> = yield* dueAfter(last)
          const orders = new Set(parts.map(({ order_id }) => order_id))
          const { done, failed } = yield* tryEach(orders, expire, "an order could not expire")
          expired += done.reduce((sum, count) => sum + count, 0)
          failures += failed
          last = parts.at(-1)
          if (parts.length < batch) break
        }
        return failures === 0 ? expired : yield* Effect.die(`${failures} orders could not expire`)
      }).pipe(Effect.orDie, Effect.withSpan("Expiry.run"))

      return Expiry.of({ run })
    })
  )
}
