import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/** True when nobody has used this database yet; the development issuer's own users do not count, unless one was erased. */
export const isFresh = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{ fresh: boolean }>`SELECT NOT EXISTS (SELECT FROM products)
    AND NOT EXISTS (SELECT FROM users WHERE clerk_id NOT LIKE 'user\\_dev\\_%' OR status = 'deleted') AS fresh`
  return row?.fresh === true
})
