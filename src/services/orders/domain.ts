import { Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { Audit } from "../audit/Audit.ts"
import type { UserId } from "../auth/model.ts"
import { domain, stack } from "../domain.ts"
import { schedule } from "../jobs/schedule.ts"
import { Retention } from "../Retention.ts"
import { Checkout } from "./Checkout.ts"
import { isClosed } from "./closedSql.ts"
import { Expiry } from "./Expiry.ts"
import { makeEraseOrders } from "./eraseOrders.ts"
import * as events from "./events.ts"
import { Guests } from "./Guests.ts"
import { expireOrders, guestsPrune, ordersExpire, pruneGuests } from "./jobs.ts"
import { limits } from "./limits.ts"
import { Orders } from "./Orders.ts"
import { SellerOrders } from "./SellerOrders.ts"
import { Transitions } from "./Transitions.ts"

export const orders = domain({
  name: "orders",
  layer: stack(
    Transitions.layer,
    Layer.mergeAll(Checkout.layer, Orders.layer, SellerOrders.layer, Guests.layer, Expiry.layer)
  ),
  jobs: Effect.all([pruneGuests, expireOrders]),
  schedules: [schedule(guestsPrune, "20 3 * * *"), schedule(ordersExpire, "25 * * * *")],
  events: Object.values(events),
  people: {
    "orders.user_id": "anonymised",
    "order_events.actor_id": "anonymised",
    "seller_orders.seller_id": "kept"
  },
  erase: Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const eraseOrders = makeEraseOrders(sql, yield* Audit)
    return Effect.fnUntraced(function* (user: UserId) {
      const held = yield* sql<{ id: string }>`
        SELECT id FROM orders WHERE user_id = ${user} ORDER BY id FOR NO KEY UPDATE`
      yield* eraseOrders(held.map(({ id }) => id))
      yield* sql`UPDATE order_events SET note = NULL WHERE actor_id = ${user} AND note IS NOT NULL`
    })
  }),
  // Whoever shipped or waits for a parcel is still needed for it.
  needs: Effect.map(Retention, ({ abandonedDays }) => [
    `EXISTS (SELECT FROM orders o WHERE o.user_id = u.id AND NOT ${isClosed("o", abandonedDays)})`,
    `EXISTS (SELECT FROM seller_orders so WHERE so.seller_id = u.id AND NOT ${isClosed("so", abandonedDays)})`
  ]),
  uses: { media: ["order_items.media_id"], products: ["order_items.product_id"], skus: ["order_items.sku_id"] },
  limits
})
