import { Context, Effect, FileSystem, Layer, Option, Stream } from "effect"
import { SecureRandom } from "effect/crypto"
import { SqlClient, type Statement } from "effect/sql"
import type { AccountClosed } from "../auth/errors.ts"
import type { Caller, UserId } from "../auth/model.ts"
import { invalidField, Unavailable, type ValidationFailed } from "../errors.ts"
import { sqlOrDie } from "../sql.ts"
import { type Encoded, encode } from "../wire.ts"
import {
  liesInTheFile,
  type MediaNotFound,
  type TooManyUploads,
  UploadMissing,
  UploadUnderWay,
  type VideoFailed
} from "./errors.ts"
import { megabytes, uploadSeconds } from "./limits.ts"
import { MediaFiles } from "./MediaFiles.ts"
import { type MediaRow, mediaColumns, mediaOf } from "./mediaSql.ts"
import { encodeRenditions, type Media, type Purpose, type RequestUpload, UploadRequest } from "./model.ts"
import { ObjectStore, orUnavailable } from "./ObjectStore.ts"
import { newOriginalKey, newUploadKey } from "./objectKey.ts"
import { type Picture, type PictureRefused, Pictures } from "./Pictures.ts"
import { kindOf, maxBytes, purposeOf } from "./policy.ts"
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
    /**
     * Checks what was sent there. A video is copied to where its address cannot reach it, and the work begins; a picture
     * is rendered, and ready. Again, it tells how far that is.
     */
    readonly complete: (
      caller: Caller,
      id: string
    ) => Effect.Effect<
      Encoded<Media>,
      MediaNotFound | UploadMissing | UploadUnderWay | ValidationFailed | VideoFailed | PictureRefused
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
      const pictures = yield* Pictures
      const removals = yield* Removals
      const intake = yield* VideoIntake
      const columns = sql.literal(mediaColumns)

      const record = Effect.fnUntraced(
        function* (caller: Caller, id: string, upload_key: string, { content_type, size, purpose }: RequestUpload) {
          yield* media.requireRoom(caller.id)
          const [row] = yield* sql<MediaRow>`
            INSERT INTO media AS m (id, owner_id, kind, purpose, status, upload_key, content_type, size)
            VALUES (${id}, ${caller.id}, ${kindOf(content_type)}, ${purposeOf(content_type, purpose)}, 'uploading',
              ${upload_key}, ${content_type}, ${size})
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
        if (input.purpose !== undefined && kindOf(content_type) !== "image") {
          return yield* invalidField("purpose", "Only a picture is for something")
        }
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
      const probe = Effect.fnUntraced(function* (owner: UserId, key: string) {
        yield* intake.check(owner, yield* downloaded(key))
      }, Effect.scoped)

      const videoCopied = Effect.fnUntraced(function* (owner: UserId, row: MediaRow, uploadKey: string, key: string) {
        const info = yield* requireSize(row, uploadKey)
        yield* sqlOrDie(removals.unlessNamed([key]))
        yield* store.copy(uploadKey, key, { content_type: info.content_type }).pipe(orUnavailable)
        yield* probe(owner, key)
      })

      const pictureMade = Effect.fnUntraced(function* (
        caller: Caller,
        row: MediaRow,
        uploadKey: string,
        purpose: Purpose
      ) {
        yield* requireSize(row, uploadKey)
        return yield* pictures.make(row.id, caller.id, { path: yield* downloaded(uploadKey) }, purpose)
      }, Effect.scoped)

      const asPicture = ({ objects }: Picture) => {
        const [kept] = objects
        return sql`status = 'ready', progress = 100, key = ${kept?.key}, content_type = ${kept?.content_type},
          size = ${kept?.size}, width = ${kept?.width}, height = ${kept?.height},
          renditions = ${encodeRenditions(objects)}::text::jsonb`
      }

      const asVideo = (key: string) => sql`status = 'processing', key = ${key}`

      /** What its row says from then on. */
      const taken = Effect.fnUntraced(function* (caller: Caller, row: MediaRow, uploadKey: string) {
        if (row.purpose !== null) return asPicture(yield* pictureMade(caller, row, uploadKey, row.purpose))
        const key = newOriginalKey(row.id)
        yield* videoCopied(caller.id, row, uploadKey, key).pipe(
          Effect.onError(() => Effect.ignore(removals.after([key])))
        )
        return asVideo(key)
      })

      const accept = Effect.fnUntraced(
        function* (caller: Caller, before: MediaRow, upload_key: string, change: Statement.Fragment) {
          const [row] = yield* sql<MediaRow>`
            UPDATE media AS m SET ${change}, upload_key = NULL, updated_at = now()
            WHERE id = ${before.id} AND status = 'uploading' RETURNING ${columns}`
          if (row === undefined) return undefined
          yield* removals.after([upload_key])
          if (row.status === "processing") yield* intake.begin(row.id)
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
        if (!(yield* claim(row.id))) {
          const now = yield* media.find(caller, id)
          return now.status === "uploading" ? yield* new UploadUnderWay({ retry_after: 2 }) : media.shown(now)
        }
        const accepted = yield* taken(caller, row, upload_key).pipe(
          Effect.tapErrorTag(refusals, (refused) =>
            liesInTheFile(refused) ? fail(row.id, upload_key, refused.message) : Effect.void
          ),
          Effect.flatMap((change) => accept(caller, row, upload_key, change)),
          Effect.onError(() => unclaim(row.id))
        )
        return media.shown(accepted ?? (yield* media.find(caller, id)))
      })

      return PresignedUploads.of({ request, complete })
    })
  )
}

const refusals = ["VideoFailed", "ImageFormatUnsupported", "ImageTooLarge", "ImageUnreadable"] as const

const encodeUploadRequest = encode(UploadRequest)
