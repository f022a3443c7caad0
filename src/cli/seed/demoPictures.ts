import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { UserId } from "../../services/auth/model.ts"
import { Pictures } from "../../services/media/Pictures.ts"
import { drawing } from "./drawing.ts"
import { insertRows } from "./insertRows.ts"
import { uuidV7At } from "./uuid.ts"

export type Pictured = { readonly id: string; readonly seller_id: string; readonly category: string }

/** A picture for each product, by the way that uploads go: one drawing a main category, which a shop's products share. */
export const addDemoPictures = Effect.fnUntraced(function* (products: ReadonlyArray<Pictured>, now: number) {
  const sql = yield* SqlClient.SqlClient
  const pictures = yield* Pictures
  const categories = [...new Set(products.map(({ category }) => category))]
  const groups = [...Map.groupBy(products, ({ seller_id, category }) => `${seller_id} ${category}`).values()]
  const rows = yield* Effect.forEach(
    groups,
    ([first, ...others]) => {
      if (first === undefined) return Effect.succeed([])
      const bytes = drawing(categories.indexOf(first.category))
      return pictures.add(UserId.make(first.seller_id), { bytes }, "product", (picture) =>
        Effect.as(
          pictures.record(picture),
          [first, ...others].map(({ id }) => ({
            id: uuidV7At(now),
            product_id: id,
            media_id: picture.id,
            image_url: picture.url("large"),
            thumbnail_url: picture.url("thumbnail"),
            is_primary: true,
            display_order: 0,
            created_at: new Date(now)
          }))
        )
      )
    },
    // As many as one shop may have.
    { concurrency: 2 }
  )
  const images = rows.flat()
  yield* insertRows("product_images", images)
  yield* sql`UPDATE products p SET image_media_id = i.media_id, image_url = i.image_url, thumbnail_url = i.thumbnail_url
    FROM product_images i WHERE i.product_id = p.id AND i.id = ANY(${images.map(({ id }) => id)}::uuid[])`
  return new Map(images.map(({ product_id, ...image }) => [product_id, image]))
})
