import { Effect, FileSystem, type Stream } from "effect"
import type { Multipart } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import { Avatars } from "../../services/accounts/Avatars.ts"
import { Users } from "../../services/auth/Users.ts"
import { ProductImages } from "../../services/catalog/ProductImages.ts"
import { maxImageMegabytes } from "../../services/media/Images.ts"
import { MediaFiles } from "../../services/media/MediaFiles.ts"
import { Logos } from "../../services/sellers/Logos.ts"
import { Api } from "../Api.ts"
import { replyData } from "../http/reply.ts"
import { receivedFile } from "../http/upload.ts"
import { CurrentUser } from "../middleware/Authentication.ts"

export const ImagesHandlers = HttpApiBuilder.group(
  Api,
  "images",
  Effect.fnUntraced(function* (handlers) {
    const images = yield* ProductImages
    const avatars = yield* Avatars
    const logos = yield* Logos
    const users = yield* Users
    const media = yield* MediaFiles
    const files = yield* FileSystem.FileSystem

    const received = (parts: Stream.Stream<Multipart.Part, Multipart.MultipartError>) =>
      Effect.provideService(receivedFile(parts, { maxMegabytes: maxImageMegabytes }), FileSystem.FileSystem, files)

    return handlers.handleAll({
      addProductImage: Effect.fnUntraced(function* ({ params, payload }) {
        return replyData(yield* images.add(yield* CurrentUser, params.id, received(payload)), 201)
      }, Effect.scoped),
      addUploadedImage: Effect.fnUntraced(function* ({ params, payload: { upload_id } }) {
        const caller = yield* CurrentUser
        const image = images.add(caller, params.id, media.picture(caller, upload_id), media.release(upload_id))
        return replyData(yield* image, 201)
      }, Effect.scoped),
      updateProductImage: Effect.fnUntraced(function* ({ params, payload }) {
        return replyData(yield* images.update(yield* CurrentUser, params.id, params.image_id, payload))
      }),
      deleteProductImage: Effect.fnUntraced(function* ({ params }) {
        return { data: yield* images.remove(yield* CurrentUser, params.id, params.image_id) }
      }),
      putAvatar: Effect.fnUntraced(function* ({ payload }) {
        const caller = yield* CurrentUser
        yield* avatars.put(caller, yield* received(payload))
        return replyData(yield* users.me(caller))
      }, Effect.scoped),
      deleteAvatar: Effect.fnUntraced(function* () {
        const caller = yield* CurrentUser
        yield* avatars.remove(caller)
        return replyData(yield* users.me(caller))
      }),
      putLogo: Effect.fnUntraced(function* ({ payload }) {
        return { data: { logo_url: yield* logos.put(yield* CurrentUser, received(payload)) } }
      }, Effect.scoped),
      deleteLogo: Effect.fnUntraced(function* () {
        yield* logos.remove(yield* CurrentUser)
        return { data: { logo_url: null } }
      })
    })
  })
)
