import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { domain } from "../domain.ts"
import { PushTokens } from "./PushTokens.ts"

export const notifications = domain({
  name: "notifications",
  layer: PushTokens.layer,
  people: { "push_tokens.user_id": "deleted" },
  // In id order, as tokens are locked that change hands.
  erase: Effect.map(
    SqlClient.SqlClient,
    (sql) => (user) =>
      Effect.asVoid(sql`
        DELETE FROM push_tokens WHERE id IN
          (SELECT id FROM push_tokens WHERE user_id = ${user} ORDER BY id FOR UPDATE)`)
  )
})
