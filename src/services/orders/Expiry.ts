import { Context, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { Retention } from "../Retention.ts"
import { Transitions } from "./Transitions.ts"

const batch = 200

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
      const { pendingDays } = yield* Retention
      const due = sql`created_at < now() - make_interval(days => ${pendingDays})`

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

      const run = Effect.gen(function* () {
        let expired = 0
        for (;;) {
          const orders = yield* sql<{ order_id: string }>`
            SELECT order_id FROM seller_orders WHERE status = 'pending' AND ${due} ORDER BY created_at LIMIT ${batch}`
          const counts = yield* Effect.forEach(new Set(orders.map(({ order_id }) => order_id)), expire)
          const done = counts.reduce((sum, count) => sum + count, 0)
          expired += done
          if (orders.length < batch || done === 0) return expired
        }
      }).pipe(Effect.orDie, Effect.withSpan("Expiry.run"))

      return Expiry.of({ run })
    })
  )
}
