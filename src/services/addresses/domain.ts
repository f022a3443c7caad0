import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { domain } from "../domain.ts"
import { Addresses } from "./Addresses.ts"

export const addresses = domain({
  name: "addresses",
  layer: Addresses.layer,
  people: { "addresses.user_id": "deleted" },
  erase: Effect.map(
    SqlClient.SqlClient,
    (sql) => (user) => Effect.asVoid(sql`DELETE FROM addresses WHERE user_id = ${user}`)
  )
})
