import { Effect } from "effect"
import { SecureRandom } from "effect/crypto"
import type { SqlClient } from "effect/sql"
import type { UserId } from "../auth/model.ts"
import { isReservedSlug, slugOf } from "../catalog/slug.ts"

export type ShopDetails = {
  readonly full_name: string
  readonly full_name_ar?: string | null | undefined
  readonly description?: string | null | undefined
  readonly phone?: string | null | undefined
  readonly wilaya_code?: number | null | undefined
}

/**
 * Gives a user a shop, in the caller's transaction. Who had one before gets it back, open, with these details and at its
 * old address.
 */
export const makeOpen = (sql: SqlClient.SqlClient) =>
  Effect.fn("Shops.open")(function* (owner: UserId, details: ShopDetails) {
    const { full_name, full_name_ar = null, description = null, phone = null, wilaya_code = null } = details
    const columns = { full_name, full_name_ar, description, phone, wilaya_code }
    const reopened = yield* sql`
      UPDATE sellers SET ${sql.update(columns)}, status = 'active', updated_at = now() WHERE id = ${owner}
      RETURNING id`
    if (reopened.length > 0) return
    // The readable address if it is free, else one with a random end.
    const slug = slugOf(full_name, "boutique")
    const free = isReservedSlug(slug) ? [] : [slug]
    for (const candidate of [...free, `${slug}-${SecureRandom.uuidV4Unsafe().slice(0, 8)}`]) {
      const opened = yield* sql`
        INSERT INTO sellers ${sql.insert({ id: owner, slug: candidate, ...columns })}
        ON CONFLICT (slug) DO NOTHING RETURNING id`
      if (opened.length > 0) return
    }
    return yield* Effect.die(`No free address for ${slug}`)
  })
