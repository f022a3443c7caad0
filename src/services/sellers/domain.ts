import { Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import type { UserId } from "../auth/model.ts"
import { domain, stack } from "../domain.ts"
import { Pictures } from "../media/Pictures.ts"
import { Applications } from "./Applications.ts"
import * as events from "./events.ts"
import { Logos } from "./Logos.ts"
import { limits } from "./limits.ts"
import { Shops } from "./Shops.ts"

export const sellers = domain({
  name: "sellers",
  layer: stack(Shops.layer, Layer.mergeAll(Applications.layer, Logos.layer)),
  events: Object.values(events),
  limits,
  people: { "seller_applications.user_id": "deleted", "sellers.id": "anonymised" },
  // The shop's name stays with the orders that it fulfilled.
  erase: Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const pictures = yield* Pictures
    return Effect.fnUntraced(function* (user: UserId) {
      yield* sql`DELETE FROM seller_applications WHERE user_id = ${user}`
      const logos = yield* sql<{ id: string }>`
        SELECT avatar_media_id AS id FROM sellers WHERE id = ${user} AND avatar_media_id IS NOT NULL`
      yield* sql`
        UPDATE sellers SET avatar_media_id = NULL, avatar_url = NULL, description = NULL, phone = NULL, status = 'suspended',
          updated_at = now() WHERE id = ${user}`
      yield* pictures.letGo(logos.map(({ id }) => id))
    })
  }),
  uses: { media: ["sellers.avatar_media_id"] }
})
