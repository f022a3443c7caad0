import { Context, Effect, Layer } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import type { UserId } from "../auth/model.ts"
import { isOpenShop } from "../auth/People.ts"
import { wilayaName } from "../delivery/wilayaSql.ts"
import { jsonOf } from "../json.ts"
import { isUuid, maxOffset } from "../model.ts"
import { sqlOrDie } from "../sql.ts"
import { type Encoded, readFirst } from "../wire.ts"
import { SellerNotFound } from "./errors.ts"
import { Shop } from "./model.ts"
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

      const get = Effect.fn("Shops.get")(function* (idOrSlug: string) {
        if (idOrSlug.includes("\0")) return yield* new SellerNotFound()
        return yield* readFirst(
          shopJson,
          (json) => sql`
              SELECT ${json} FROM sellers s JOIN users u ON u.id = s.id
              WHERE ${isUuid(idOrSlug) ? sql`s.id = ${idOrSlug}` : sql`s.slug = ${idOrSlug}`}
                AND ${sql.literal(isOpenShop)}`,
          () => new SellerNotFound()
        )
      }, sqlOrDie)

      return Shops.of({ get, open: makeOpen(sql) })
    })
  )
}

const shopJson = jsonOf(Shop, "s", {
  wilaya: wilayaName("s.wilaya_code"),
  seller_category: "u.seller_category",
  is_verified: "u.is_verified",
  rating: "NULL",
  products_count: `(SELECT count(*) FROM (
    SELECT FROM products p WHERE p.seller_id = s.id AND p.status = 'active' LIMIT ${maxOffset}) counted)`
})
