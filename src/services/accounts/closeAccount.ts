import { Effect } from "effect"
import { SecureRandom } from "effect/crypto"
import type { SqlClient } from "effect/sql"
import type { UserId } from "../auth/model.ts"
import type { ShopProducts } from "../catalog/ShopProducts.ts"
import type { Events } from "../events/Events.ts"
import type { Avatars } from "./Avatars.ts"
import { userClosed } from "./events.ts"

/**
 * Ends the account of somebody whom Clerk deleted, known to us or not: the row stays as a tombstone, so that no message
 * or token that comes late brings the person back. A shop closes with it; what else is left of the person is erased when
 * their orders are finished (`Departures.ts`). Runs in the caller's transaction.
 */
export const makeCloseAccount = (
  sql: SqlClient.SqlClient,
  shopProducts: ShopProducts["Service"],
  avatars: Avatars["Service"],
  events: Events["Service"]
) =>
  Effect.fnUntraced(function* (clerkId: string) {
    const [closed] = yield* sql<{ id: UserId }>`
      INSERT INTO users (id, clerk_id, status, delete_after)
      VALUES (${SecureRandom.uuidV7Unsafe()}, ${clerkId}, 'deleted', now())
      ON CONFLICT (clerk_id) DO UPDATE SET
        status = 'deleted', full_name = NULL, email = NULL, phone = NULL, wilaya_code = NULL, bio = NULL,
        clerk_profile = '{}', clerk_updated_at = 0, delete_after = now(), updated_at = now()
      WHERE users.status <> 'deleted'
      RETURNING id`
    if (closed === undefined) return
    yield* avatars.eraseOf(closed.id)
    // Who writes events waits for nobody afterwards: those who read them wait for who writes.
    yield* shopProducts.settle(closed.id)
    yield* events.emit(userClosed, { id: closed.id }, { entity: closed.id })
    yield* Effect.logInfo("account closed").pipe(Effect.annotateLogs({ user_id: closed.id }))
  })
