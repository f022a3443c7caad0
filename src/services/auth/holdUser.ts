import { Effect } from "effect"
import type { SqlClient } from "effect/sql"
import { AccountClosed } from "./errors.ts"
import type { UserId } from "./model.ts"

/**
 * Locks a user for the caller's transaction, so that changes of what belongs to that user take turns, and none comes
 * after the account was closed. References to the user, such as a new order's, do not wait for it.
 */
export const holdUser = Effect.fnUntraced(function* (sql: SqlClient.SqlClient, user: UserId) {
  const [row] = yield* sql<{ status: string }>`SELECT status FROM users WHERE id = ${user} FOR NO KEY UPDATE`
  if (row?.status !== "active") return yield* new AccountClosed()
})
