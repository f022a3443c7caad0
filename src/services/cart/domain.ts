import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { domain, stack } from "../domain.ts"
import { schedule } from "../jobs/schedule.ts"
import { Carts } from "./Carts.ts"
import { GuestCarts } from "./GuestCarts.ts"
import { cartsPrune, pruneCarts } from "./jobs.ts"
import { limits } from "./limits.ts"

export const cart = domain({
  name: "cart",
  layer: stack(Carts.layer, GuestCarts.layer),
  jobs: Effect.all([pruneCarts]),
  schedules: [schedule(cartsPrune, "40 3 * * *")],
  people: { "carts.user_id": "deleted" },
  erase: Effect.map(
    SqlClient.SqlClient,
    (sql) => (user) => Effect.asVoid(sql`DELETE FROM carts WHERE user_id = ${user}`)
  ),
  limits
})
