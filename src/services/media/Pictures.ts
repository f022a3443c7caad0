import { Array as Arr, Context, Effect, Layer } from "effect"
import { SecureRandom } from "effect/crypto"
import { SqlClient, type SqlError } from "effect/sql"
import type { Caller, UserId } from "../auth/model.ts"
import { invalidField, type Unavailable, type ValidationFailed } from "../errors.ts"
import { sqlOrDie } from "../sql.ts"
import { Uses } from "../Uses.ts"
import { type ImageRefused, type ImageSource, Images, type RenderedImage, type Rendition } from "./Images.ts"
import type { MediaRow } from "./mediaSql.ts"
import { encodeRenditions, type Purpose, type StoredRendition } from "./model.ts"
import { ObjectStore } from "./ObjectStore.ts"
import { newPictureKey } from "./objectKey.ts"
import { Removals } from "./Removals.ts"

/** The original is kept for another day's renditions, and is our own encoding like the rest. */
const original = { name: "original", longest: 2048, quality: 90, effort: 0 }

const made: Record<Purpose, ReadonlyArray<Rendition>> = {
  product: [
    original,
    { name: "large", longest: 1080, quality: 80, effort: 4 },
    { name: "thumbnail", longest: 400, quality: 78, effort: 4 }
  ],
  portrait: [original, { name: "square", longest: 400, square: true, quality: 82, effort: 4 }]
}

/** A picture whose objects are in the store. */
export type Picture = {
  readonly id: string
  readonly owner: UserId
  readonly purpose: Purpose
  readonly objects: ReadonlyArray<StoredRendition>
  readonly url: (name: string) => string
}

export type PictureRefused = ImageRefused | Unavailable

/**
 * Pictures as rows of `media` and objects below `images/<media id>/`. Objects are written before a row names them, and
 * leave as `Removals` says.
 */
export class Pictures extends Context.Service<
  Pictures,
  {
    /**
     * Renders and stores a picture, then runs `attach`, whose transaction records it and puts it in its place.
     */
    readonly add: <A, E, R>(
      owner: UserId,
      source: ImageSource,
      purpose: Purpose,
      attach: (picture: Picture) => Effect.Effect<A, E, R>
    ) => Effect.Effect<A, E | PictureRefused, R>
    /** Renders and stores a picture for the row of this id, which names its objects within the hour. */
    readonly make: (
      id: string,
      owner: UserId,
      source: ImageSource,
      purpose: Purpose
    ) => Effect.Effect<Picture, PictureRefused>
    /**
     * Takes up an upload of the caller's, or of that owner, that was completed as a picture for this: its row is locked,
     * and the owner's from now on, in the caller's transaction.
     */
    readonly take: (
      caller: Caller,
      id: string,
      owner: UserId,
      purpose: Purpose
    ) => Effect.Effect<Picture, ValidationFailed | SqlError.SqlError>
    /** Writes the row, in the caller's transaction. */
    readonly record: (picture: Picture) => Effect.Effect<void, SqlError.SqlError>
    /**
     * Deletes, in the caller's transaction, those of these that nothing uses any more, and their objects after it.
     */
    readonly letGo: (media: ReadonlyArray<string>) => Effect.Effect<void, SqlError.SqlError>
  }
>()("zst/media/Pictures") {
  static readonly layer = Layer.effect(
    Pictures,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const images = yield* Images
      const store = yield* ObjectStore
      const removals = yield* Removals
      const isUnused = (yield* Uses).isUnused("media", "m")

      const pictureOf = (row: Omit<Picture, "url">): Picture => {
        const keyOf = (name: string) => row.objects.find((object) => object.name === name)?.key ?? ""
        return { ...row, url: (name) => store.publicUrl(keyOf(name)) }
      }

      const make = Effect.fn("Pictures.make")(function* (
        id: string,
        owner: UserId,
        source: ImageSource,
        purpose: Purpose
      ) {
        const rendered = yield* images.render(owner, source, made[purpose])
        const objects = rendered.map((image) => objectOf(id, image))
        yield* sqlOrDie(removals.unlessNamed(objects.map(({ key }) => key)))
        const put = ({ key }: StoredRendition, { bytes }: RenderedImage) => store.put(key, bytes, { content_type })
        yield* Effect.forEach(Arr.zip(objects, rendered), ([object, image]) => put(object, image), {
          concurrency: "unbounded",
          discard: true
        }).pipe(Effect.orDie)
        return pictureOf({ id, owner, purpose, objects })
      })

      const add = Effect.fn("Pictures.add")(function* <A, E, R>(
        owner: UserId,
        source: ImageSource,
        purpose: Purpose,
        attach: (picture: Picture) => Effect.Effect<A, E, R>
      ) {
        return yield* attach(yield* make(SecureRandom.uuidV7Unsafe(), owner, source, purpose))
      })

      const take = Effect.fn("Pictures.take")(function* (caller: Caller, id: string, owner: UserId, purpose: Purpose) {
        const [row] = yield* sql<Pick<MediaRow, "id" | "purpose" | "renditions">>`
          UPDATE media SET owner_id = ${owner}, updated_at = now()
          WHERE id = ${id} AND owner_id IN (${caller.id}, ${owner}) AND kind = 'image' AND status = 'ready'
          RETURNING id, purpose, renditions`
        if (row === undefined) return yield* invalidField("media_id", notTheirs)
        if (row.purpose !== purpose) return yield* invalidField("media_id", otherPurpose(purpose))
        return pictureOf({ id: row.id, owner, purpose, objects: row.renditions })
      })

      const record = Effect.fn("Pictures.record")(function* ({ id, owner, purpose, objects }: Picture) {
        const [kept] = objects
        yield* sql`INSERT INTO media
          (id, owner_id, kind, purpose, status, progress, key, content_type, size, width, height, renditions)
          VALUES (${id}, ${owner}, 'image', ${purpose}, 'ready', 100, ${kept?.key}, ${kept?.content_type}, ${kept?.size},
            ${kept?.width}, ${kept?.height}, ${encodeRenditions(objects)}::text::jsonb)`
      })

      const letGo = Effect.fn("Pictures.letGo")(function* (media: ReadonlyArray<string>) {
        if (media.length === 0) return
        // What is put somewhere at this moment is known to be used by the next statement.
        yield* sql`SELECT FROM media WHERE id = ANY(${media}::uuid[]) ORDER BY id FOR UPDATE`
        const gone = yield* sql<{ keys: ReadonlyArray<string> }>`
          DELETE FROM media m WHERE m.id = ANY(${media}::uuid[]) AND ${sql.literal(isUnused)}
          RETURNING ARRAY(SELECT r ->> 'key' FROM jsonb_array_elements(m.renditions) r) AS keys`
        const keys = gone.flatMap((row) => row.keys)
        yield* removals.after(keys)
      })

      return Pictures.of({ add, make, take, record, letGo })
    })
  )
}

const notTheirs = "Expected the id of a picture of yours whose upload is complete"
const otherPurpose = (purpose: Purpose) => `Expected a picture that was uploaded with the purpose "${purpose}"`

const content_type = "image/webp"

const objectOf = (media: string, { name, bytes, width, height }: RenderedImage): StoredRendition => {
  return { name, key: newPictureKey(media, name), width, height, content_type, size: bytes.byteLength }
}
