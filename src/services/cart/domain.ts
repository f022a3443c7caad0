import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { domain } from "../domain.ts"
import { Carts } from "./Carts.ts"

export const cart = domain({
  name: "cart",
  layer: Carts.layer,
  people: { "carts.user_id": "deleted" },
  erase: Effect.map(
    SqlClient.SqlClient,
    (sql) => (user) => Effect.asVoid(sql`DELETE FROM carts WHERE user_id = ${user}`)
  )
})
