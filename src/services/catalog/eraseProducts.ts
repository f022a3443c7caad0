import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import type { UserId } from "../auth/model.ts"
import { Pictures } from "../media/Pictures.ts"
import { Uses } from "../Uses.ts"
import { holdShop } from "./holdShop.ts"
import { noPicture, strip } from "./imageSql.ts"

/** What was ordered is part of somebody's order and is archived without what its seller wrote of it; the rest goes. */
export const eraseProducts = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const pictures = yield* Pictures
  const unused = sql.literal((yield* Uses).isUnused("products", "p"))
  return Effect.fnUntraced(function* (seller: UserId) {
    yield* holdShop(sql, seller)
    yield* sql`
      UPDATE products p SET status = 'archived', description = NULL, description_ar = NULL, benefits = '{}',
        ingredients = NULL, usage_instructions = NULL, delivery_estimate = NULL, shipping_info = NULL, returns_info = NULL,
        payment_info = NULL, attributes = '{}', ${sql.literal(noPicture)}, updated_at = now()
      WHERE seller_id = ${seller} AND NOT (${unused})`
    const shown = yield* strip(sql, sql`p.seller_id = ${seller}`)
    yield* sql`DELETE FROM products p WHERE p.seller_id = ${seller} AND ${unused}`
    yield* sql`
      UPDATE skus SET code = NULL WHERE code IS NOT NULL AND product_id IN (SELECT id FROM products WHERE seller_id = ${seller})`
    yield* sql`
      UPDATE stock_movements SET note = NULL WHERE (actor_id = ${seller} OR seller_id = ${seller}) AND note IS NOT NULL`
    yield* pictures.letGo(shown)
  })
})
