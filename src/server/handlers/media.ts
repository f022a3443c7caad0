import { Effect, FileSystem } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { MediaFiles } from "../../services/media/MediaFiles.ts"
import { maxVideoBytes } from "../../services/media/videoLimits.ts"
import { Api } from "../Api.ts"
import { replyData } from "../http/reply.ts"
import { megabyte, receivedFile } from "../http/upload.ts"
import { CurrentUser } from "../middleware/Authentication.ts"

export const MediaHandlers = HttpApiBuilder.group(
  Api,
  "media",
  Effect.fnUntraced(function* (handlers) {
    const media = yield* MediaFiles
    const files = yield* FileSystem.FileSystem
    const maxMegabytes = Math.floor(maxVideoBytes / megabyte)
    return handlers.handleAll({
      addVideo: Effect.fnUntraced(function* ({ payload }) {
        const caller = yield* CurrentUser
        const file = yield* Effect.provideService(receivedFile(payload, { maxMegabytes }), FileSystem.FileSystem, files)
        return replyData(yield* media.addVideo(caller, file), 201)
      }, Effect.scoped),
      requestUpload: Effect.fnUntraced(function* ({ payload }) {
        return replyData(yield* media.request(yield* CurrentUser, payload), 201)
      }),
      completeUpload: Effect.fnUntraced(function* ({ params }) {
        return replyData(yield* media.complete(yield* CurrentUser, params.id))
      }),
      getMedia: Effect.fnUntraced(function* ({ params }) {
        return replyData(yield* media.get(yield* CurrentUser, params.id))
      }),
      deleteMedia: Effect.fnUntraced(function* ({ params }) {
        return { data: yield* media.remove(yield* CurrentUser, params.id) }
      })
    })
  })
)
