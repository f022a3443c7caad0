import { Effect, FileSystem } from "effect"
import { MediaFiles } from "../../services/media/MediaFiles.ts"
import { maxVideoBytes } from "../../services/media/videoLimits.ts"
import { answersOf } from "../answers.ts"
import { megabyte, receivedFile } from "../http/upload.ts"
import { CurrentUser } from "../middleware/Authentication.ts"

export const MediaHandlers = answersOf(
  "media",
  Effect.fnUntraced(function* (answers) {
    const media = yield* MediaFiles
    const files = yield* FileSystem.FileSystem
    const maxMegabytes = Math.floor(maxVideoBytes / megabyte)
    return answers({
      addVideo: Effect.fnUntraced(function* ({ payload }) {
        const caller = yield* CurrentUser
        const file = yield* Effect.provideService(receivedFile(payload, { maxMegabytes }), FileSystem.FileSystem, files)
        return yield* media.addVideo(caller, file)
      }, Effect.scoped),
      requestUpload: Effect.fnUntraced(function* ({ payload }) {
        return yield* media.request(yield* CurrentUser, payload)
      }),
      completeUpload: Effect.fnUntraced(function* ({ params }) {
        return yield* media.complete(yield* CurrentUser, params.id)
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
