import { Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { domain, stack } from "../domain.ts"
import { schedule } from "../jobs/schedule.ts"
import { Pictures } from "../media/Pictures.ts"
import { Accounts } from "./Accounts.ts"
import { Avatars } from "./Avatars.ts"
import { ClerkEvents } from "./ClerkEvents.ts"
import { Departures } from "./Departures.ts"
import * as events from "./events.ts"
import { accountsPurge, purgeAccounts } from "./jobs.ts"
import { limits } from "./limits.ts"
import { pruneWebhookMessages, webhooksPrune } from "./webhookJobs.ts"

export const accounts = domain({
  name: "accounts",
  layer: stack(Avatars.layer, Layer.mergeAll(Accounts.layer, Departures.layer, ClerkEvents.layer)),
  jobs: Effect.all([purgeAccounts, pruneWebhookMessages]),
  schedules: [schedule(accountsPurge, "0 3 * * *"), schedule(webhooksPrune, "10 * * * *")],
  events: Object.values(events),
  limits,
  uses: { media: ["users.avatar_media_id"] },
  // The tombstone.
  erase: Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const pictures = yield* Pictures
    return Effect.fnUntraced(function* (user) {
      const portraits = yield* sql<{ id: string }>`
        SELECT avatar_media_id AS id FROM users WHERE id = ${user} AND avatar_media_id IS NOT NULL`
      yield* sql`
        UPDATE users SET status = 'deleted', full_name = NULL, email = NULL, phone = NULL, wilaya_code = NULL,
          bio = NULL, avatar_media_id = NULL, avatar_url = NULL, clerk_profile = '{}', erased_at = now(), updated_at = now() WHERE id = ${user}`
      yield* pictures.letGo(portraits.map(({ id }) => id))
    })
  })
})
