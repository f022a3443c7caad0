import { Context, Effect, FileSystem, Layer, Stream } from "effect"
import { SecureRandom } from "effect/crypto"
import { SqlClient, type SqlError } from "effect/sql"
import type { UserId } from "../auth/model.ts"
import type { Unavailable } from "../errors.ts"
import { Jobs } from "../jobs/Jobs.ts"
import { VideoFailed } from "./errors.ts"
import { isoBeginnings } from "./format.ts"
import { mediaProcess, mediaProcessMore } from "./jobKinds.ts"
import { Videos } from "./Videos.ts"

/** What a file must be to be taken as a video, and the work that begins with it. */
export class VideoIntake extends Context.Service<
  VideoIntake,
  {
    /** The content type of the video at this path, which this user sent. */
    readonly check: (user: UserId, path: string) => Effect.Effect<string, VideoFailed | Unavailable>
    /** In the transaction that makes it `processing`. */
    readonly begin: (id: string) => Effect.Effect<void, SqlError.SqlError>
    /** Begins the work on a video again, of its original. False when there is none. */
    readonly again: (id: string) => Effect.Effect<boolean>
  }
>()("zst/media/VideoIntake") {
  static readonly layer = Layer.effect(
    VideoIntake,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const files = yield* FileSystem.FileSystem
      const videos = yield* Videos
      const jobs = yield* Jobs

      // What does not even begin like a video is not worth a process.
      const check = Effect.fn("VideoIntake.check")(function* (user: UserId, path: string) {
        const head = yield* Effect.orDie(Stream.runCollect(files.stream(path, { bytesToRead: 12 })))
        const content_type = contentTypeOf(Buffer.concat(head))
        if (content_type === undefined) return yield* VideoFailed.because("not_a_video")
        yield* videos.probe(user, path)
        return content_type
      })

      const offer = Effect.fnUntraced(function* (id: string, attempt: string) {
        const underWay = yield* sql`
          SELECT FROM media m JOIN media other USING (owner_id)
          WHERE m.id = ${id} AND other.id <> m.id AND other.status = 'processing' LIMIT 1`
        const options = { id: `media.process/${id}/${attempt}` }
        if (underWay.length > 0) yield* jobs.offer(mediaProcessMore, { media_id: id }, options)
        else yield* jobs.offer(mediaProcess, { media_id: id }, options)
      })

      const again = Effect.fn("VideoIntake.again")(
        function* (id: string) {
          const restarted = yield* sql`
            UPDATE media SET status = 'processing', progress = 0, error = NULL, updated_at = now()
            WHERE id = ${id} AND kind = 'video' AND key IS NOT NULL RETURNING id`
          if (restarted.length > 0) yield* offer(id, SecureRandom.uuidV7Unsafe())
          return restarted.length > 0
        },
        sql.withTransaction,
        Effect.orDie
      )

      return VideoIntake.of({ check, begin: (id) => offer(id, "first"), again })
    })
  )
}

/** By the container that a file begins like; undefined when it is none of a video. */
const contentTypeOf = (head: Uint8Array) => {
  const text = Buffer.from(head).toString("latin1")
  if (text.startsWith("\x1a\x45\xdf\xa3")) return "video/webm"
  const first = text.slice(4, 8)
  if (!isoBeginnings.has(first)) return undefined
  return first !== "ftyp" || text.slice(8, 12) === "qt  " ? "video/quicktime" : "video/mp4"
}
