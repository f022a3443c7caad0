import { Effect, FileSystem, Option, Stream } from "effect"
import { SqlClient } from "effect/sql"
import { type Attempt, jobHandler } from "../jobs/Jobs.ts"
import { liesInTheFile, type VideoFailed } from "./errors.ts"
import { type mediaProcess, stoppedUnexpectedly } from "./jobKinds.ts"
import { asFailed, posterName } from "./mediaSql.ts"
import { encodeRenditions, type StoredRendition } from "./model.ts"
import { ObjectStore, ObjectStoreError } from "./ObjectStore.ts"
import { newRenditionKey } from "./objectKey.ts"
import { Removals } from "./Removals.ts"
import { type ProcessedVideo, Videos } from "./Videos.ts"

/** What takes too much so often lies with the video. A worker that dies is tried again like any job, and told like one. */
const mostTries = 3

/** Two attempts at once, of a job whose process was taken for dead or of another one, are two works. */
const workOf = ({ id, attempts }: Attempt) => `${id}#${attempts}`

/** Every few per cent are worth a write. */
const progressStep = 5

/**
 * The work on one video: once in effect, however often it is begun. Each has keys of its own, and only the last that was
 * begun finishes the row, or says that it failed; what the others wrote leaves as `Removals` says.
 */
export const processVideo = Effect.fnUntraced(function* (kind: typeof mediaProcess) {
  const sql = yield* SqlClient.SqlClient
  const store = yield* ObjectStore
  const removals = yield* Removals
  const videos = yield* Videos
  const files = yield* FileSystem.FileSystem

  const download = Effect.fnUntraced(function* (key: string, path: string) {
    const object = Option.getOrUndefined(yield* store.get(key))
    if (object === undefined) return yield* Effect.die(`The original ${key} is gone`)
    yield* Stream.run(object.body, files.sink(path))
  })

  const progressOf = (id: string, workId: string) => {
    let told = 0
    return (percent: number) => {
      if (percent < told + progressStep || percent >= 100) return Effect.void
      told = percent
      return sql`
        UPDATE media SET progress = ${percent}, updated_at = now()
        WHERE id = ${id} AND status = 'processing' AND work = md5(${workId})::uuid`.pipe(
        Effect.asVoid,
        Effect.catch((error) => Effect.logWarning("progress was not written", error))
      )
    }
  }

  type Output = { readonly name: string; readonly file: string; readonly width: number; readonly height: number }

  const upload = Effect.fnUntraced(function* (key: string, { name, file, width, height }: Output) {
    const content_type = name === posterName ? "image/jpeg" : "video/mp4"
    const body = Stream.mapError(files.stream(file), (cause) => new ObjectStoreError({ operation: "read", cause }))
    const { size } = yield* store.put(key, body, { content_type })
    return { name, key, width, height, content_type, size } satisfies StoredRendition
  })

  const finish = Effect.fnUntraced(function* (
    id: string,
    workId: string,
    made: ProcessedVideo,
    stored: ReadonlyArray<StoredRendition>
  ) {
    const [before] = yield* sql<{ renditions: ReadonlyArray<StoredRendition> }>`
      SELECT renditions FROM media WHERE id = ${id} AND status = 'processing' AND work = md5(${workId})::uuid FOR UPDATE`
    if (before === undefined) return
    yield* sql`
      UPDATE media SET status = 'ready', progress = 100, error = NULL, width = ${made.width}, height = ${made.height},
        duration_ms = ${made.duration_ms}, renditions = ${encodeRenditions(stored)}::text::jsonb, updated_at = now()
      WHERE id = ${id}`
    yield* removals.after(before.renditions.map(({ key }) => key))
  }, sql.withTransaction)

  const fail = (id: string, workId: string, message: string) =>
    sql`UPDATE media SET ${sql.literal(asFailed)}, error = ${message}, updated_at = now()
      WHERE id = ${id} AND status = 'processing' AND work = md5(${workId})::uuid`

  const work = Effect.fnUntraced(function* (id: string, workId: string, key: string) {
    const directory = yield* files.makeTempDirectoryScoped({ prefix: "zst-video-" })
    yield* download(key, `${directory}/original`)
    const made = yield* videos.process(`${directory}/original`, directory, progressOf(id, workId))
    const outputs = [{ name: posterName, ...made.poster }, ...made.renditions]
    const keyed = outputs.map((output) => [newRenditionKey(id, output.name), output] as const)
    yield* removals.unlessNamed(keyed.map(([key]) => key))
    const stored = yield* Effect.forEach(keyed, ([key, output]) => upload(key, output))
    yield* finish(id, workId, made, stored)
  }, Effect.scoped)

  return jobHandler(
    kind,
    Effect.fn("media.process")(function* ({ media_id }, attempt: Attempt) {
      const workId = workOf(attempt)
      // What failed is worked on when an operator tries its job again.
      const [row] = yield* sql<{ key: string }>`
        UPDATE media SET work = md5(${workId})::uuid, status = 'processing', error = NULL
        WHERE id = ${media_id} AND (status = 'processing' OR error IS NOT NULL) AND key IS NOT NULL RETURNING key`
      if (row === undefined) return
      yield* Effect.catchTag(
        work(media_id, workId, row.key),
        "VideoFailed",
        Effect.fnUntraced(function* (failed: VideoFailed) {
          const isOurs = failed.reason === "crashed" || attempt.attempts < mostTries
          if (!liesInTheFile(failed) && isOurs) return yield* failed
          yield* fail(media_id, workId, failed.message)
        })
      )
    }),
    ({ media_id }, attempt) => fail(media_id, workOf(attempt), stoppedUnexpectedly)
  )
})
