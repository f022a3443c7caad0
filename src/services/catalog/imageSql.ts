/** How a product's pictures are read and kept in order. */
import { Effect } from "effect"
import type { SqlClient, Statement } from "effect/sql"
import { jsonOf } from "../json.ts"
import { ProductImage } from "./imageModel.ts"
import type { Arrangement } from "./imageOrder.ts"

type Sql = SqlClient.SqlClient

/** A picture, over product_images i. */
export const imageJson = jsonOf(ProductImage, "i")

export type ImageRow = {
  readonly id: string
  readonly media_id: string
  readonly image_url: string
  readonly is_primary: boolean
}

/** A product's pictures in their order; its row is locked. */
export const imagesOf = (sql: Sql, product: string) => sql<ImageRow>`
  SELECT id, media_id, image_url, is_primary FROM product_images
  WHERE product_id = ${product} ORDER BY display_order, id`

/** Of a product that has none, or whose pictures are gone. */
export const noPicture = "image_media_id = NULL, image_url = NULL, thumbnail_url = NULL"

/** Takes their pictures from products p that go, or are archived with `noPicture`: the media to let go of; orders may show them still. */
export const strip = Effect.fnUntraced(function* (sql: Sql, where: Statement.Fragment) {
  const gone = yield* sql<{ media_id: string }>`
    DELETE FROM product_images i USING products p WHERE p.id = i.product_id AND ${where} RETURNING i.media_id`
  return gone.map(({ media_id }) => media_id)
})

/** Writes an arrangement. A product's own addresses are copies of its primary picture's. */
export const arrange = Effect.fnUntraced(function* (sql: Sql, product: string, { order, primary }: Arrangement) {
  // First, for there is one primary at any time.
  yield* sql`UPDATE product_images SET is_primary = false WHERE product_id = ${product} AND is_primary
    AND id IS DISTINCT FROM ${primary ?? null}::uuid`
  yield* sql`
    UPDATE product_images i SET display_order = o.place - 1, is_primary = (i.id = ${primary ?? null}::uuid)
    FROM unnest(${order}::uuid[]) WITH ORDINALITY o (id, place)
    WHERE i.id = o.id AND (i.display_order, i.is_primary) IS DISTINCT FROM (o.place - 1, i.id = ${primary ?? null}::uuid)`
  yield* sql`
    UPDATE products p SET updated_at = now(), (image_media_id, image_url, thumbnail_url) = (
      SELECT i.media_id, i.image_url, i.thumbnail_url FROM product_images i WHERE i.product_id = p.id AND i.is_primary)
    WHERE p.id = ${product}`
})
