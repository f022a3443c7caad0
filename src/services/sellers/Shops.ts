import { Cache, Context, Effect, Layer } from "effect"
import { SqlClient, type SqlError, type Statement } from "effect/sql"
import type { UserId } from "../auth/model.ts"
import { isOpenShop } from "../auth/People.ts"
import { wilayaName } from "../delivery/wilayaSql.ts"
import { jsonOf } from "../json.ts"
import { successesFor } from "../keeping.ts"
import { isUuid, maxOffset } from "../model.ts"
import { sqlOrDie } from "../sql.ts"
import { type Encoded, rowsWith } from "../wire.ts"
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

      const counting = (owner: Statement.Fragment, most: number) => sql<{ readonly count: number }>`
        SELECT count(*)::int AS count FROM (
          SELECT FROM products p WHERE p.seller_id = ${owner} AND p.status = 'active' LIMIT ${most}) counted`

      const counts = yield* Cache.makeWith(
        (id: string) => Effect.map(counting(sql`${id}`, maxOffset), ([row]) => row?.count ?? 0),
        { capacity: 1000, timeToLive: successesFor("10 seconds") }
      )

      const read = Effect.fnUntraced(function* (shop: Statement.Fragment, count: Statement.Fragment) {
        const rows = yield* rowsWith(
          shopJson,
          (json) => sql<{ readonly id: string; readonly count: number }>`
            SELECT ${json}, s.id, on_sale.count FROM sellers s JOIN users u ON u.id = s.id
            CROSS JOIN LATERAL (${count}) on_sale
            WHERE ${shop} AND ${sql.literal(isOpenShop)}`
        )
        return rows[0] ?? (yield* new SellerNotFound())
      })

      const get = Effect.fn("Shops.get")(function* (idOrSlug: string) {
        if (idOrSlug.includes("\0")) return yield* new SellerNotFound()
        const shop = isUuid(idOrSlug) ? sql`s.id = ${idOrSlug}` : sql`s.slug = ${idOrSlug}`
        const { json, id, count } = yield* read(shop, counting(sql`s.id`, few + 1))
        if (count <= few) return json
        const all = yield* Cache.get(counts, id)
        return (yield* read(shop, sql`SELECT ${all}::int AS count`)).json
      }, sqlOrDie)

      return Shops.of({ get, open: makeOpen(sql) })
    })
  )
}

/** So many products of a shop are counted whenever somebody looks; how many more there are, every ten seconds. */
const few = 1000

const shopJson = jsonOf(Shop, "s", {
  wilaya: wilayaName("s.wilaya_code"),
  seller_category: "u.seller_category",
  is_verified: "u.is_verified",
  rating: "NULL",
  products_count: "on_sale.count"
})
