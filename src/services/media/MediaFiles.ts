/** Videos that people upload: through the API, or straight to the store and then declared complete. */
import { Context, Effect, FileSystem, Layer, Option, type Scope, Semaphore, Stream } from "effect"
import { SecureRandom } from "effect/crypto"
import { Base64Url } from "effect/encoding"
import { SqlClient, type SqlError, type Statement } from "effect/sql"
import type { AccountClosed } from "../auth/errors.ts"
import type { Caller, UserId } from "../auth/model.ts"
import { People } from "../auth/People.ts"
import { deleted } from "../deleted.ts"
import { invalidField, Unavailable, type ValidationFailed } from "../errors.ts"
import { Jobs } from "../jobs/Jobs.ts"
import { type Deleted, isUuid } from "../model.ts"
import { Uses } from "../Uses.ts"
import { type Encoded, encode } from "../wire.ts"
import { MediaInUse, MediaNotFound, TooManyUploads, UploadMissing, VideoFailed } from "./errors.ts"
import { maxImageMegabytes } from "./Images.ts"
import { mediaProcess } from "./jobKinds.ts"
import { keysOf, type MediaRow, mediaColumns, mediaOf } from "./mediaSql.ts"
import { Media, type RequestUpload, UploadRequest } from "./model.ts"
import { ObjectStore, ObjectStoreError } from "./ObjectStore.ts"
import { Videos } from "./Videos.ts"

/** Of one user, that nothing uses yet. */
const mostUnused = 20

const uploadSeconds = 600

type Refusal = VideoFailed | TooManyUploads | Unavailable | AccountClosed

export class MediaFiles extends Context.Service<
  MediaFiles,
  {
    /** Takes in the video at this path, of this size in bytes, and starts the work on it. */
    readonly addVideo: (
      caller: Caller,
      file: { readonly path: string; readonly size: number }
    ) => Effect.Effect<Encoded<Media>, Refusal>
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
     * Checks what was sent there, copies it to where its address cannot reach it, and starts the work. Again, it tells
     * where that is.
     */
    readonly complete: (
      caller: Caller,
      id: string
    ) => Effect.Effect<Encoded<Media>, MediaNotFound | UploadMissing | ValidationFailed | VideoFailed | Unavailable>
    /** For its owner and administrators. */
    readonly get: (caller: Caller, id: string) => Effect.Effect<Encoded<Media>, MediaNotFound>
    readonly remove: (caller: Caller, id: string) => Effect.Effect<Encoded<Deleted>, MediaNotFound | MediaInUse>
    /** Starts the work on a video again, of its original. False when there is none. */
    readonly reprocess: (id: string) => Effect.Effect<boolean>
    /** Lets go of everything of a user's that nothing shows, in the caller's transaction. */
    readonly eraseOf: (user: UserId) => Effect.Effect<void, SqlError.SqlError>
  }
>()("zst/media/MediaFiles") {
  static readonly layer = Layer.effect(
    MediaFiles,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const people = yield* People
      const store = yield* ObjectStore
      const isUnused = (yield* Uses).isUnused("media", "m")
      const videos = yield* Videos
      const jobs = yield* Jobs
      const files = yield* FileSystem.FileSystem
      // Buffers of files on their way add up: what has arrived goes on to the store in turns.
      const storing = yield* Semaphore.make(2)

      const columns = sql.literal(mediaColumns)
      const shown = (row: MediaRow) => encodeMedia(mediaOf(row, store.publicUrl))

      const discard = (keys: ReadonlyArray<string>) =>
        Effect.catch(store.remove(keys), (error) => Effect.logWarning("objects are left to the collector", error))

      const find = Effect.fnUntraced(function* (caller: Caller, id: string) {
        const [row] = isUuid(id) ? yield* sql<MediaRow>`SELECT ${columns} FROM media m WHERE m.id = ${id}` : []
        if (row === undefined) return yield* new MediaNotFound()
        if (row.owner_id !== caller.id && caller.role !== "admin") return yield* new MediaNotFound()
        return row
      })

      // Holding the user makes the uploads of one user take turns.
      const checkQuota = Effect.fnUntraced(function* (owner: UserId) {
        yield* people.hold(owner)
        const unused = yield* sql`
          SELECT FROM media m WHERE m.owner_id = ${owner} AND m.status <> 'failed'
            AND (m.kind = 'video' OR m.status = 'uploading') AND ${sql.literal(isUnused)} LIMIT ${mostUnused}`
        if (unused.length === mostUnused) return yield* new TooManyUploads({ most: mostUnused })
      })

      const startWork = (id: string, attempt: string) =>
        jobs.offer(mediaProcess, { media_id: id }, { id: `${mediaProcess.name}/${id}/${attempt}` })

      const record = Effect.fnUntraced(
        function* (caller: Caller, id: string, key: string, content_type: string, size: number) {
          yield* checkQuota(caller.id)
          const [row] = yield* sql<MediaRow>`
            INSERT INTO media AS m (id, owner_id, kind, status, key, content_type, size)
            VALUES (${id}, ${caller.id}, 'video', 'processing', ${key}, ${content_type}, ${size}) RETURNING ${columns}`
          yield* startWork(id, "first")
          return row ?? (yield* Effect.die("An insert has one row"))
        },
        sql.withTransaction,
        Effect.catchTag("SqlError", Effect.die)
      )

      // What does not even begin like a video is not worth a process.
      const checked = Effect.fnUntraced(function* (path: string) {
        const head = yield* Effect.orDie(Stream.runCollect(files.stream(path, { bytesToRead: 12 })))
        const content_type = contentTypeOf(Buffer.concat(head))
        if (content_type === undefined) return yield* VideoFailed.because("not_a_video")
        yield* videos.probe(path)
        return content_type
      })

      const addVideo = Effect.fn("MediaFiles.addVideo")(function* (
        caller: Caller,
        { path, size }: { readonly path: string; readonly size: number }
      ) {
        const content_type = yield* checked(path)
        const id = SecureRandom.uuidV7Unsafe()
        const key = originalKey(id)
        const body = Stream.mapError(files.stream(path), (cause) => new ObjectStoreError({ operation: "read", cause }))
        yield* store.put(key, body, { content_type }).pipe(storing.withPermit, unavailable)
        return shown(yield* Effect.onError(record(caller, id, key, content_type, size), () => discard([key])))
      })

      const request = Effect.fn("MediaFiles.request")(function* (
        caller: Caller,
        { content_type, size }: RequestUpload
      ) {
        const kind = content_type.startsWith("image/") ? "image" : "video"
        if (kind === "image" && size > maxImageMegabytes * 1_000_000) {
          return yield* invalidField("size", `A picture may have ${maxImageMegabytes} MB at most`)
        }
        const id = SecureRandom.uuidV7Unsafe()
        const upload_key = `uploads/${id}/${secret()}`
        const options = { content_type, size, seconds: uploadSeconds }
        const { url, headers, expires_at } = yield* store.presignPut(upload_key, options).pipe(unavailable)
        const row = yield* Effect.gen(function* () {
          yield* checkQuota(caller.id)
          return yield* sql<MediaRow>`
            INSERT INTO media AS m (id, owner_id, kind, status, upload_key, content_type, size)
            VALUES (${id}, ${caller.id}, ${kind}, 'uploading', ${upload_key}, ${content_type}, ${size})
            RETURNING ${columns}`
        }).pipe(
          sql.withTransaction,
          Effect.catchTag("SqlError", Effect.die),
          Effect.map(([inserted]) => inserted)
        )
        if (row === undefined) return yield* Effect.die("An insert has one row")
        const upload = { method: "PUT" as const, url, headers, expires_at: expires_at.toISOString() }
        return encodeUploadRequest({ media: mediaOf(row, store.publicUrl), upload })
      })

      const fail = (id: string, message: string) =>
        Effect.orDie(
          sql`UPDATE media SET status = 'failed', error = ${message}, updated_at = now() WHERE id = ${id}
            AND status = 'uploading'`
        )

      const downloaded = Effect.fnUntraced(function* (key: string) {
        const directory = yield* Effect.orDie(files.makeTempDirectoryScoped({ prefix: "zst-upload-" }))
        const path = `${directory}/file`
        const object = Option.getOrUndefined(yield* store.get(key).pipe(unavailable))
        if (object === undefined) return yield* new UploadMissing()
        yield* Stream.run(object.body, files.sink(path)).pipe(
          Effect.mapError(() => new Unavailable({ retry_after: 5 }))
        )
        return path
      })

      // Read from the copy: what its address still takes in the meantime is not what was checked.
      const probeObject = Effect.fnUntraced(function* (key: string) {
        yield* checked(yield* downloaded(key))
      }, Effect.scoped)

      const requireSize = Effect.fnUntraced(function* (row: MediaRow, uploadKey: string) {
        const info = Option.getOrUndefined(yield* store.head(uploadKey).pipe(unavailable))
        if (info === undefined) return yield* new UploadMissing()
        if (info.size !== row.size) {
          return yield* invalidField("size", `${row.size} bytes were announced, and ${info.size} have arrived`)
        }
        return info
      })

      const accept = Effect.fnUntraced(
        function* (id: string, key: string) {
          const [row] = yield* sql<MediaRow>`
            UPDATE media AS m SET status = 'processing', key = ${key}, updated_at = now()
            WHERE id = ${id} AND status = 'uploading' RETURNING ${columns}`
          if (row !== undefined) yield* startWork(id, "first")
          return row
        },
        sql.withTransaction,
        Effect.orDie
      )

      const check = Effect.fnUntraced(function* (row: MediaRow, uploadKey: string) {
        const info = yield* requireSize(row, uploadKey)
        const key = originalKey(row.id)
        yield* store.copy(uploadKey, key, { content_type: info.content_type }).pipe(unavailable)
        yield* Effect.onError(probeObject(key), () => discard([key]))
        return key
      })

      const complete = Effect.fn("MediaFiles.complete")(function* (caller: Caller, id: string) {
        const row = yield* Effect.catchTag(find(caller, id), "SqlError", Effect.die)
        const { upload_key } = row
        if (row.status !== "uploading" || upload_key === null) return shown(row)
        if (row.kind === "image") {
          return yield* invalidField(
            "id",
            "A picture is completed where it is shown: POST /products/:id/images/uploaded"
          )
        }
        const key = yield* Effect.tapErrorTag(check(row, upload_key), "VideoFailed", ({ message }) =>
          Effect.andThen(fail(id, message), discard([upload_key]))
        )
        const accepted = yield* Effect.onError(accept(row.id, key), () => discard([key]))
        if (accepted === undefined) yield* discard([key])
        else yield* discard([upload_key])
        return shown(accepted ?? (yield* Effect.catchTag(find(caller, id), "SqlError", Effect.die)))
      })

      const picture = Effect.fn("MediaFiles.picture")(
        function* (caller: Caller, id: string) {
          const row = yield* find(caller, id)
          const { upload_key } = row
          if (row.kind !== "image" || row.status !== "uploading" || upload_key === null)
            return yield* new MediaNotFound()
          yield* requireSize(row, upload_key)
          return { path: yield* downloaded(upload_key) }
        },
        Effect.catchTag("SqlError", Effect.die)
      )

      const release = Effect.fn("MediaFiles.release")(
        function* (id: string) {
          if ((yield* letGo(sql`m.id = ${id} AND m.status = 'uploading'`)) === 0) return yield* new MediaNotFound()
        },
        sql.withTransaction,
        Effect.catchTag("SqlError", Effect.die)
      )

      const get = Effect.fn("MediaFiles.get")(
        function* (caller: Caller, id: string) {
          return shown(yield* find(caller, id))
        },
        Effect.catchTag("SqlError", Effect.die)
      )

      const letGo = Effect.fnUntraced(function* (condition: Statement.Fragment) {
        const gone = yield* sql<MediaRow>`
          DELETE FROM media m WHERE ${condition} AND ${sql.literal(isUnused)} RETURNING ${columns}`
        const keys = gone.flatMap(keysOf)
        if (keys.length > 0) yield* sql.afterCommit(discard(keys))
        return gone.length
      })

      const remove = Effect.fn("MediaFiles.remove")(
        function* (caller: Caller, id: string) {
          const row = yield* find(caller, id)
          if ((yield* letGo(sql`m.id = ${row.id}`)) === 0) return yield* new MediaInUse()
          return deleted(row.id)
        },
        sql.withTransaction,
        Effect.catchTag("SqlError", Effect.die)
      )

      const reprocess = Effect.fn("MediaFiles.reprocess")(
        function* (id: string) {
          const restarted = yield* sql`
            UPDATE media SET status = 'processing', progress = 0, error = NULL, updated_at = now()
            WHERE id = ${id} AND kind = 'video' AND key IS NOT NULL RETURNING id`
          if (restarted.length > 0) yield* startWork(id, SecureRandom.uuidV7Unsafe())
          return restarted.length > 0
        },
        sql.withTransaction,
        Effect.orDie
      )

      const eraseOf = Effect.fn("MediaFiles.eraseOf")((user: UserId) =>
        Effect.asVoid(letGo(sql`m.owner_id = ${user} AND m.kind = 'video'`))
      )

      return MediaFiles.of({ addVideo, request, picture, release, complete, get, remove, reprocess, eraseOf })
    })
  )
}

const encodeMedia = encode(Media)
const encodeUploadRequest = encode(UploadRequest)

const unavailable = <A, R>(effect: Effect.Effect<A, ObjectStoreError, R>) =>
  effect.pipe(
    Effect.tapError((error) => Effect.logError("the object store failed", error)),
    Effect.mapError(() => new Unavailable({ retry_after: 5 }))
  )

/** So that an address tells nobody another one. */
const secret = () => Base64Url.encode(SecureRandom.randomBytesUnsafe(12)).toLowerCase()

const originalKey = (id: string) => `videos/${id}/original-${secret()}`

/** By the container that a file begins like; undefined when it is none of a video. */
const contentTypeOf = (head: Uint8Array) => {
  const text = Buffer.from(head).toString("latin1")
  if (text.startsWith("\x1a\x45\xdf\xa3")) return "video/webm"
  if (text.slice(4, 8) !== "ftyp") return undefined
  return text.slice(8, 12) === "qt  " ? "video/quicktime" : "video/mp4"
}
