import { Context, Effect, FileSystem, Layer, Option, type Scope, Stream } from "effect"
import { SecureRandom } from "effect/crypto"
import { SqlClient } from "effect/sql"
import type { AccountClosed } from "../auth/errors.ts"
import type { Caller } from "../auth/model.ts"
import { invalidField, Unavailable, type ValidationFailed } from "../errors.ts"
import { sqlOrDie } from "../sql.ts"
import { type Encoded, encode } from "../wire.ts"
import { MediaNotFound, type TooManyUploads, UploadMissing, UploadUnderWay, type VideoFailed } from "./errors.ts"
import { megabytes, uploadSeconds } from "./limits.ts"
import { MediaFiles } from "./MediaFiles.ts"
import { type MediaRow, mediaColumns, mediaOf } from "./mediaSql.ts"
import { type Media, type RequestUpload, UploadRequest } from "./model.ts"
import { ObjectStore, orUnavailable } from "./ObjectStore.ts"
import { newOriginalKey, newUploadKey } from "./objectKey.ts"
import { kindOf, maxBytes } from "./policy.ts"
import { Removals } from "./Removals.ts"
import { VideoIntake } from "./VideoIntake.ts"

/** Longer than a completion may take. */
const claimLimit = "2 minutes"

/** Files that clients send straight to the store, and then declare complete. */
export class PresignedUploads extends Context.Service<
  PresignedUploads,
  {
    /** An address to which the client sends a video or a picture of this size and type itself. */
    readonly request: (
      caller: Caller,
      input: RequestUpload
    ) => Effect.Effect<Encoded<UploadRequest>, TooManyUploads | Unavailable | AccountClosed | ValidationFailed>
    /** The picture that was sent there, for as long as the scope is open, out of reach of its address. */
    readonly picture: (
      caller: Caller,
      id: string
    ) => Effect.Effect<
      { readonly path: string },
      MediaNotFound | UploadMissing | ValidationFailed | Unavailable,
      Scope.Scope
    >
    /** Forgets an upload, in the transaction that takes its picture up: it can be done once. */
    readonly release: (id: string) => Effect.Effect<void, MediaNotFound>
    /**
     * Checks the video that was sent there, copies it to where its address cannot reach it, and begins the work. Again,
     * it tells where that is.
     */
    readonly complete: (
      caller: Caller,
      id: string
    ) => Effect.Effect<
      Encoded<Media>,
      MediaNotFound | UploadMissing | UploadUnderWay | ValidationFailed | VideoFailed | Unavailable
    >
  }
>()("zst/media/PresignedUploads") {
  static readonly layer = Layer.effect(
    PresignedUploads,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const store = yield* ObjectStore
      const files = yield* FileSystem.FileSystem
      const media = yield* MediaFiles
      const removals = yield* Removals
      const intake = yield* VideoIntake
      const columns = sql.literal(mediaColumns)

      const record = Effect.fnUntraced(
        function* (caller: Caller, id: string, upload_key: string, { content_type, size }: RequestUpload) {
          yield* media.requireRoom(caller.id)
          const [row] = yield* sql<MediaRow>`
            INSERT INTO media AS m (id, owner_id, kind, status, upload_key, content_type, size)
            VALUES (${id}, ${caller.id}, ${kindOf(content_type)}, 'uploading', ${upload_key}, ${content_type}, ${size})
            RETURNING ${columns}`
          return row ?? (yield* Effect.die("An insert has one row"))
        },
        sql.withTransaction,
        sqlOrDie
      )

      const request = Effect.fn("PresignedUploads.request")(function* (caller: Caller, input: RequestUpload) {
        const { content_type, size } = input
        const most = maxBytes(kindOf(content_type))
        if (size > most) return yield* invalidField("size", `A file of this type may have ${megabytes(most)} at most`)
        const id = SecureRandom.uuidV7Unsafe()
        const upload_key = newUploadKey(id)
        const options = { content_type, size, seconds: uploadSeconds }
        const { url, headers, expires_at } = yield* store.presignPut(upload_key, options).pipe(orUnavailable)
        const row = yield* record(caller, id, upload_key, input)
        const upload = { method: "PUT" as const, url, headers, expires_at: expires_at.toISOString() }
        return encodeUploadRequest({ media: mediaOf(row, store.publicUrl), upload })
      })

      const downloaded = Effect.fnUntraced(function* (key: string) {
        const directory = yield* Effect.orDie(files.makeTempDirectoryScoped({ prefix: "zst-upload-" }))
        const path = `${directory}/file`
        const object = Option.getOrUndefined(yield* store.get(key).pipe(orUnavailable))
        if (object === undefined) return yield* new UploadMissing()
        yield* Stream.run(object.body, files.sink(path)).pipe(
          Effect.mapError(() => new Unavailable({ retry_after: 5 }))
        )
        return path
      })

      const requireSize = Effect.fnUntraced(function* (row: MediaRow, uploadKey: string) {
        const info = Option.getOrUndefined(yield* store.head(uploadKey).pipe(orUnavailable))
        if (info === undefined) return yield* new UploadMissing()
        if (info.size !== row.size) {
          return yield* invalidField("size", `${row.size} bytes were announced, and ${info.size} have arrived`)
        }
        return info
      })

      // Read from the copy: what its address still takes in the meantime is not what was checked.
      const probe = Effect.fnUntraced(function* (key: string) {
        yield* intake.check(yield* downloaded(key))
      }, Effect.scoped)

      const copyChecked = Effect.fnUntraced(function* (row: MediaRow, uploadKey: string) {
        const info = yield* requireSize(row, uploadKey)
        const key = newOriginalKey(row.id)
        yield* sqlOrDie(removals.unlessNamed([key]))
        yield* store.copy(uploadKey, key, { content_type: info.content_type }).pipe(orUnavailable)
        yield* probe(key)
        return key
      })

      const accept = Effect.fnUntraced(
        function* (caller: Caller, before: MediaRow, upload_key: string, key: string) {
          const [row] = yield* sql<MediaRow>`
            UPDATE media AS m SET status = 'processing', key = ${key}, upload_key = NULL, updated_at = now()
            WHERE id = ${before.id} AND status = 'uploading' RETURNING ${columns}`
          if (row === undefined) return undefined
          yield* removals.after([upload_key])
          yield* intake.begin(row.id)
          yield* media.audited(caller, before, "media.complete", row)
          return row
        },
        sql.withTransaction,
        Effect.orDie
      )

      const fail = Effect.fnUntraced(
        function* (id: string, upload_key: string, message: string) {
          const failed = yield* sql`
            UPDATE media SET status = 'failed', error = ${message}, upload_key = NULL, updated_at = now()
            WHERE id = ${id} AND status = 'uploading' RETURNING id`
          if (failed.length > 0) yield* removals.after([upload_key])
        },
        sql.withTransaction,
        Effect.orDie
      )

      /** Of several who complete it at once one does. */
      const claim = Effect.fnUntraced(function* (id: string) {
        const claimed = yield* sql`
          UPDATE media SET claimed_at = now() WHERE id = ${id} AND status = 'uploading'
            AND (claimed_at IS NULL OR claimed_at < now() - ${claimLimit}::interval) RETURNING id`
        return claimed.length > 0
      }, sqlOrDie)

      const unclaim = (id: string) =>
        Effect.ignore(sql`UPDATE media SET claimed_at = NULL WHERE id = ${id} AND status = 'uploading'`)

      const complete = Effect.fn("PresignedUploads.complete")(function* (caller: Caller, id: string) {
        const row = yield* media.find(caller, id)
        const { upload_key } = row
        if (row.status !== "uploading" || upload_key === null) return media.shown(row)
        if (row.kind === "image") {
          return yield* invalidField(
            "id",
            "A picture is completed where it is shown: POST /products/:id/images/uploaded"
          )
        }
        if (!(yield* claim(row.id))) {
          const now = yield* media.find(caller, id)
          return now.status === "uploading" ? yield* new UploadUnderWay({ retry_after: 2 }) : media.shown(now)
        }
        const accepted = yield* copyChecked(row, upload_key).pipe(
          Effect.tapErrorTag("VideoFailed", ({ message }) => fail(row.id, upload_key, message)),
          Effect.flatMap((key) => accept(caller, row, upload_key, key)),
          Effect.onError(() => unclaim(row.id))
        )
        return media.shown(accepted ?? (yield* media.find(caller, id)))
      })

      const picture = Effect.fn("PresignedUploads.picture")(function* (caller: Caller, id: string) {
        const row = yield* media.find(caller, id)
        const { upload_key } = row
        if (row.kind !== "image" || row.status !== "uploading" || upload_key === null) return yield* new MediaNotFound()
        yield* requireSize(row, upload_key)
        return { path: yield* downloaded(upload_key) }
      })

      const release = Effect.fn("PresignedUploads.release")(
        function* (id: string) {
          const gone = yield* media.letGo(sql`m.id = ${id} AND m.status = 'uploading'`)
          if (gone === 0) return yield* new MediaNotFound()
        },
        sql.withTransaction,
        sqlOrDie
      )

      return PresignedUploads.of({ request, picture, release, complete })
    })
  )
}

const encodeUploadRequest = encode(UploadRequest)
