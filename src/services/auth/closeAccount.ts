import { Effect } from "effect"
import { SecureRandom } from "effect/crypto"
import { SqlClient } from "effect/sql"
import { Storefronts } from "../catalog/Storefronts.ts"
import { Avatars } from "./Avatars.ts"
import type { UserId } from "./model.ts"

/**
 * Ends the account of somebody whom Clerk deleted, known to us or not: the row stays as a tombstone, so that no message
 * or token that comes late brings the person back. A shop closes with it; what else is left of the person is erased when
 * their orders are finished (`accounts/Departures.ts`). Runs in the caller's transaction.
 */
export const closeAccount = Effect.fnUntraced(function* (clerkId: string) {
  const sql = yield* SqlClient.SqlClient
  const [closed] = yield* sql<{ id: UserId }>`
    INSERT INTO users (id, clerk_id, status, delete_after)
    VALUES (${SecureRandom.uuidV7Unsafe()}, ${clerkId}, 'deleted', now())
    ON CONFLICT (clerk_id) DO UPDATE SET
      status = 'deleted', name = NULL, email = NULL, phone = NULL,
      clerk_profile = '{}', clerk_updated_at = 0, delete_after = now(), updated_at = now()
    WHERE users.status <> 'deleted'
    RETURNING id`
  if (closed === undefined) return
  const storefronts = yield* Storefronts
  yield* storefronts.settle(closed.id)
  const avatars = yield* Avatars
  yield* avatars.eraseOf(closed.id)
  yield* Effect.logInfo("account closed").pipe(Effect.annotateLogs({ user_id: closed.id }))
})
