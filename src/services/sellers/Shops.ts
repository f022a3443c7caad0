import { Context, Effect, Layer } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import type { UserId } from "../auth/model.ts"
import { isOpenShop } from "../auth/People.ts"
import { type Encoded, encoded } from "../encoded.ts"
import { isUuid } from "../model.ts"
import { utc } from "../sql.ts"
import { SellerNotFound } from "./errors.ts"
import type { Shop } from "./model.ts"
import { makeOpen, type ShopDetails } from "./openShop.ts"

export class Shops extends Context.Service<
  Shops,
  {
    /** An open shop, by its seller's id or its slug, as wire JSON. A closed one does not exist. */
    readonly get: (idOrSlug: string) => Effect.Effect<Encoded<Shop>, SellerNotFound>
    /** Gives a user a shop, in the caller's transaction; who had one before gets it back at its old address. */
    readonly open: (owner: UserId, details: ShopDetails) => Effect.Effect<void, SqlError.SqlError>
  }
>()("zst/sellers/Shops") {
  static readonly layer = Layer.effect(
    Shops,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient

      const get = Effect.fn("Shops.get")(
        function* (idOrSlug: string) {
          if (idOrSlug.includes("\0")) return yield* new SellerNotFound()
          const [row] = yield* sql<{ json: string }>`
            SELECT ${sql.literal(shopJson)} AS json FROM sellers s JOIN users u ON u.id = s.id
            WHERE ${isUuid(idOrSlug) ? sql`s.id = ${idOrSlug}` : sql`s.slug = ${idOrSlug}`}
              AND ${sql.literal(isOpenShop)}`
          return row === undefined ? yield* new SellerNotFound() : encoded<Shop>(row.json)
        },
        Effect.catchTag("SqlError", Effect.die)
      )

      return Shops.of({ get, open: makeOpen(sql) })
    })
  )
}

const shopJson = `json_build_object(
  'id', s.id,
  'slug', s.slug,
  'shop_name', s.shop_name,
  'shop_name_ar', s.shop_name_ar,
  'description', s.description,
  'logo_url', s.logo_url,
  'wilaya_code', s.wilaya_code,
  'tier', u.tier,
  'products_count', (SELECT count(*) FROM products p WHERE p.seller_id = s.id AND p.status = 'active'),
  'created_at', ${utc("s.created_at")}
)::text`
