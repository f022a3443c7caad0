import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import type { UserId } from "../auth/model.ts"
import { People } from "../auth/People.ts"
import { domain, stack } from "../domain.ts"
import { schedule } from "../jobs/schedule.ts"
import { Carts } from "./Carts.ts"
import { makeCartRows } from "./cartRows.ts"
import { GuestCarts } from "./GuestCarts.ts"
import { cartsPrune, pruneCarts } from "./jobs.ts"
import { limits } from "./limits.ts"

export const cart = domain({
  name: "cart",
  layer: stack(Carts.layer, GuestCarts.layer),
  jobs: Effect.all([pruneCarts]),
  schedules: [schedule(cartsPrune, "40 3 * * *")],
  people: { "carts.user_id": "deleted" },
  erase: Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const { empty } = makeCartRows(sql, yield* People)
    return Effect.fnUntraced(function* (user: UserId) {
      const carts = yield* sql<{ id: string }>`SELECT id FROM carts WHERE user_id = ${user} FOR UPDATE`
      yield* empty(carts.map(({ id }) => id))
      yield* sql`DELETE FROM carts WHERE user_id = ${user}`
    })
  }),
  uses: { skus: ["cart_items.sku_id"] },
  limits
})
