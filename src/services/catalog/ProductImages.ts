import { Context, Effect, Layer } from "effect"
import { SecureRandom } from "effect/crypto"
import { SqlClient } from "effect/sql"
import { Audit } from "../audit/Audit.ts"
import type { ShopClosed } from "../auth/errors.ts"
import type { Caller } from "../auth/model.ts"
import { People } from "../auth/People.ts"
import { deleted } from "../deleted.ts"
import { invalidField, type ValidationFailed } from "../errors.ts"
import { Events } from "../events/Events.ts"
import type { ImageSource } from "../media/Images.ts"
import { type Picture, type PictureRefused, Pictures } from "../media/Pictures.ts"
import type { Deleted } from "../model.ts"
import { sqlOrDie } from "../sql.ts"
import { type Encoded, readFirst } from "../wire.ts"
import { ImageNotFound, type ProductNotFound, TooManyImages } from "./errors.ts"
import { productChanged } from "./events.ts"
import { Freshness } from "./Freshness.ts"
import { type HeldProduct, makeHold } from "./holdProduct.ts"
import { type AttachImage, maxImages, type ProductImage, type UpdateProductImage } from "./imageModel.ts"
import { arranged } from "./imageOrder.ts"
import { arrange, type ImageRow, imageJson, imagesOf } from "./imageSql.ts"

type Received = { readonly source: ImageSource; readonly place: UpdateProductImage }

type NotTheirs = ProductNotFound | ShopClosed

export class ProductImages extends Context.Service<
  ProductImages,
  {
    /**
     * Adds a picture, behind the others unless its place is told. `received` is asked for it once it is known that it
     * may be added.
     */
    readonly add: <E, R>(
      caller: Caller,
      product: string,
      received: Effect.Effect<Received, E, R>
    ) => Effect.Effect<Encoded<ProductImage>, E | NotTheirs | TooManyImages | PictureRefused, R>
    /** Adds an upload that was completed as a picture. Again, it answers where that is. */
    readonly attach: (
      caller: Caller,
      product: string,
      input: AttachImage
    ) => Effect.Effect<Encoded<ProductImage>, NotTheirs | TooManyImages | ValidationFailed>
    readonly update: (
      caller: Caller,
      product: string,
      image: string,
      change: UpdateProductImage
    ) => Effect.Effect<Encoded<ProductImage>, NotTheirs | ImageNotFound | ValidationFailed>
    /** When the primary goes, the next one takes its place. */
    readonly remove: (
      caller: Caller,
      product: string,
      image: string
    ) => Effect.Effect<Encoded<Deleted>, NotTheirs | ImageNotFound>
  }
>()("zst/catalog/ProductImages") {
  static readonly layer = Layer.effect(
    ProductImages,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const pictures = yield* Pictures
      const freshness = yield* Freshness
      const audit = yield* Audit
      const events = yield* Events
      const hold = makeHold(sql, yield* People)

      const holdRoom = Effect.fnUntraced(function* (caller: Caller, id: string) {
        const product = yield* hold(caller, id)
        const images = yield* imagesOf(sql, product.id)
        yield* requireRoom(images)
        return { product, images }
      })

      const requireRoom = (images: ReadonlyArray<ImageRow>) =>
        images.length < maxImages ? Effect.void : new TooManyImages({ maximum: maxImages })

      const changed = Effect.fnUntraced(function* (
        caller: Caller,
        { id, seller_id }: HeldProduct,
        before: Record<string, unknown> | null,
        after: Record<string, unknown> | null
      ) {
        yield* sql.afterCommit(freshness.changed)
        yield* events.emit(productChanged, { id, seller_id, fields: ["images"] }, { entity: id })
        if (caller.role !== "admin") return
        const what = before === null ? "add" : after === null ? "delete" : "update"
        const author = { id: caller.id, name: "admin" }
        yield* audit.record(author, {
          action: `product.image_${what}`,
          subject_id: id,
          about: seller_id,
          before,
          after
        })
      })

      const written = (id: string) =>
        readFirst(
          imageJson,
          (json) => sql`SELECT ${json} FROM product_images i WHERE i.id = ${id}`,
          () => Effect.die(`Picture ${id} vanished`)
        )

      const put = Effect.fnUntraced(function* (
        caller: Caller,
        product: HeldProduct,
        images: ReadonlyArray<ImageRow>,
        picture: Picture,
        place: UpdateProductImage
      ) {
        const image = SecureRandom.uuidV7Unsafe()
        const urls = { image_url: picture.url("large"), thumbnail_url: picture.url("thumbnail") }
        yield* sql`INSERT INTO product_images ${sql.insert({
          id: image,
          product_id: product.id,
          media_id: picture.id,
          display_order: images.length,
          ...urls
        })}`
        yield* arrange(
          sql,
          product.id,
          arranged([...images, { id: image, is_primary: false }], { ...place, id: image })
        )
        yield* changed(caller, product, null, { image, ...urls })
        return yield* written(image)
      })

      const add = Effect.fn("ProductImages.add")(function* <E, R>(
        caller: Caller,
        id: string,
        received: Effect.Effect<Received, E, R>
      ) {
        const { product } = yield* holdRoom(caller, id).pipe(sql.withTransaction, sqlOrDie)
        const { source, place } = yield* received
        return yield* pictures.add(product.seller_id, source, "product", (picture) =>
          Effect.gen(function* () {
            const { images } = yield* holdRoom(caller, id)
            yield* pictures.record(picture)
            return yield* put(caller, product, images, picture, place)
          }).pipe(sql.withTransaction, sqlOrDie)
        )
      })

      const attach = Effect.fn("ProductImages.attach")(
        function* (caller: Caller, id: string, { media_id, ...place }: AttachImage) {
          const product = yield* hold(caller, id)
          const images = yield* imagesOf(sql, product.id)
          const there = images.find((image) => image.media_id === media_id.toLowerCase())
          if (there !== undefined) return yield* written(there.id)
          yield* requireRoom(images)
          const picture = yield* pictures.take(caller, media_id, product.seller_id, "product")
          return yield* put(caller, product, images, picture, place)
        },
        sql.withTransaction,
        sqlOrDie
      )

      const holdImage = Effect.fnUntraced(function* (caller: Caller, productId: string, id: string) {
        const product = yield* hold(caller, productId)
        const images = yield* imagesOf(sql, product.id)
        const image = images.find((one) => one.id === id.toLowerCase())
        return image === undefined ? yield* new ImageNotFound() : { product, images, image }
      })

      const update = Effect.fn("ProductImages.update")(
        function* (caller: Caller, productId: string, id: string, change: UpdateProductImage) {
          const { product, images, image } = yield* holdImage(caller, productId, id)
          if (change.is_primary === false && image.is_primary) {
            return yield* invalidField("is_primary", "Make another picture the primary one instead")
          }
          yield* arrange(sql, product.id, arranged(images, { ...change, id: image.id }))
          yield* changed(caller, product, { image: image.id, is_primary: image.is_primary }, { ...change })
          return yield* written(image.id)
        },
        sql.withTransaction,
        sqlOrDie
      )

      const remove = Effect.fn("ProductImages.remove")(
        function* (caller: Caller, productId: string, id: string) {
          const { product, images, image } = yield* holdImage(caller, productId, id)
          yield* sql`DELETE FROM product_images WHERE id = ${image.id}`
          yield* arrange(sql, product.id, arranged(images.filter((one) => one !== image)))
          yield* pictures.letGo([image.media_id])
          yield* changed(caller, product, { image: image.id, image_url: image.image_url }, null)
          return deleted(image.id)
        },
        sql.withTransaction,
        sqlOrDie
      )

      return ProductImages.of({ add, attach, update, remove })
    })
  )
}
