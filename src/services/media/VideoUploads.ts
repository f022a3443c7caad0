import { Context, Effect, FileSystem, Layer, Semaphore, Stream } from "effect"
import { SecureRandom } from "effect/crypto"
import { SqlClient } from "effect/sql"
import type { AccountClosed } from "../auth/errors.ts"
import type { Caller } from "../auth/model.ts"
import type { Unavailable } from "../errors.ts"
import { sqlOrDie } from "../sql.ts"
import type { Encoded } from "../wire.ts"
import type { TooManyUploads, VideoFailed } from "./errors.ts"
import { MediaFiles } from "./MediaFiles.ts"
import { type MediaRow, mediaColumns } from "./mediaSql.ts"
import type { Media } from "./model.ts"
import { ObjectStore, ObjectStoreError, orUnavailable } from "./ObjectStore.ts"
import { newOriginalKey } from "./objectKey.ts"
import { Removals } from "./Removals.ts"
import { VideoIntake } from "./VideoIntake.ts"

/** Videos that come through the API. */
export class VideoUploads extends Context.Service<
  VideoUploads,
  {
    /** Takes in the video at this path, of this size in bytes, and begins the work on it. */
    readonly add: (
      caller: Caller,
      file: { readonly path: string; readonly size: number }
    ) => Effect.Effect<Encoded<Media>, VideoFailed | TooManyUploads | Unavailable | AccountClosed>
  }
>()("zst/media/VideoUploads") {
  static readonly layer = Layer.effect(
    VideoUploads,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const store = yield* ObjectStore
      const files = yield* FileSystem.FileSystem
      const media = yield* MediaFiles
      const removals = yield* Removals
      const intake = yield* VideoIntake
      // Buffers of files on their way add up: what has arrived goes on to the store in turns.
      const storing = yield* Semaphore.make(2)

      const record = Effect.fnUntraced(
        function* (caller: Caller, id: string, key: string, content_type: string, size: number) {
          yield* media.requireRoom(caller.id)
          const [row] = yield* sql<MediaRow>`
            INSERT INTO media AS m (id, owner_id, kind, status, key, content_type, size)
            VALUES (${id}, ${caller.id}, 'video', 'processing', ${key}, ${content_type}, ${size})
            RETURNING ${sql.literal(mediaColumns)}`
          yield* intake.begin(id)
          return row ?? (yield* Effect.die("An insert has one row"))
        },
        sql.withTransaction,
        sqlOrDie
      )

      const add = Effect.fn("VideoUploads.add")(function* (
        caller: Caller,
        { path, size }: { readonly path: string; readonly size: number }
      ) {
        // Before the work, and again with the row.
        yield* media.requireRoom(caller.id).pipe(sql.withTransaction, sqlOrDie)
        const content_type = yield* intake.check(caller.id, path)
        const id = SecureRandom.uuidV7Unsafe()
        const key = newOriginalKey(id)
        const body = Stream.mapError(files.stream(path), (cause) => new ObjectStoreError({ operation: "read", cause }))
        yield* sqlOrDie(removals.unlessNamed([key]))
        yield* store.put(key, body, { content_type }).pipe(storing.withPermit, orUnavailable)
        return media.shown(yield* record(caller, id, key, content_type, size))
      })

      return VideoUploads.of({ add })
    })
  )
}
