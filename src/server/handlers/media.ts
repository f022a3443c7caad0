import { Effect } from "effect"
import { maxVideoBytes } from "../../services/media/limits.ts"
import { MediaFiles } from "../../services/media/MediaFiles.ts"
import { PresignedUploads } from "../../services/media/PresignedUploads.ts"
import { VideoUploads } from "../../services/media/VideoUploads.ts"
import { answersOf } from "../answers.ts"
import { receiving } from "../http/upload.ts"
import { CurrentUser } from "../middleware/Authentication.ts"

export const MediaHandlers = answersOf(
  "media",
  Effect.fnUntraced(function* (answers) {
    const media = yield* MediaFiles
    const videos = yield* VideoUploads
    const uploads = yield* PresignedUploads
    const received = yield* receiving({ maxBytes: maxVideoBytes })
    return answers({
      addVideo: Effect.fnUntraced(function* ({ payload }) {
        const caller = yield* CurrentUser
        return yield* videos.add(caller, yield* received(caller, payload))
      }, Effect.scoped),
      requestUpload: Effect.fnUntraced(function* ({ payload }) {
        return yield* uploads.request(yield* CurrentUser, payload)
      }),
      completeUpload: Effect.fnUntraced(function* ({ params }) {
        return yield* uploads.complete(yield* CurrentUser, params.id)
      }),
      getMedia: Effect.fnUntraced(function* ({ params }) {
        return yield* media.get(yield* CurrentUser, params.id)
      }),
      deleteMedia: Effect.fnUntraced(function* ({ params }) {
        return yield* media.remove(yield* CurrentUser, params.id)
      })
    })
  })
)
