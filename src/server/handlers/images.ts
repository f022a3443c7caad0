import { Effect, FileSystem, type Stream } from "effect"
import type { Multipart } from "effect/http"
import { Avatars } from "../../services/accounts/Avatars.ts"
import { Users } from "../../services/auth/Users.ts"
import { ProductImages } from "../../services/catalog/ProductImages.ts"
import { maxImageBytes } from "../../services/media/limits.ts"
import { PresignedUploads } from "../../services/media/PresignedUploads.ts"
import { Logos } from "../../services/sellers/Logos.ts"
import { answersOf } from "../answers.ts"
import { receivedFile } from "../http/upload.ts"
import { CurrentUser } from "../middleware/Authentication.ts"

export const ImagesHandlers = answersOf(
  "images",
  Effect.fnUntraced(function* (answers) {
    const images = yield* ProductImages
    const avatars = yield* Avatars
    const logos = yield* Logos
    const users = yield* Users
    const uploads = yield* PresignedUploads
    const files = yield* FileSystem.FileSystem

    const received = (parts: Stream.Stream<Multipart.Part, Multipart.MultipartError>) =>
      Effect.provideService(receivedFile(parts, { maxBytes: maxImageBytes }), FileSystem.FileSystem, files)

    return answers({
      addProductImage: Effect.fnUntraced(function* ({ params, payload }) {
        return yield* images.add(yield* CurrentUser, params.id, received(payload))
      }, Effect.scoped),
      addUploadedImage: Effect.fnUntraced(function* ({ params, payload: { upload_id } }) {
        const caller = yield* CurrentUser
        return yield* images.add(caller, params.id, uploads.picture(caller, upload_id), uploads.release(upload_id))
      }, Effect.scoped),
      updateProductImage: Effect.fnUntraced(function* ({ params, payload }) {
        return yield* images.update(yield* CurrentUser, params.id, params.image_id, payload)
      }),
      deleteProductImage: Effect.fnUntraced(function* ({ params }) {
        return yield* images.remove(yield* CurrentUser, params.id, params.image_id)
      }),
      putAvatar: Effect.fnUntraced(function* ({ payload }) {
        const caller = yield* CurrentUser
        yield* avatars.put(caller, yield* received(payload))
        return yield* users.me(caller)
      }, Effect.scoped),
      deleteAvatar: Effect.fnUntraced(function* () {
        const caller = yield* CurrentUser
        yield* avatars.remove(caller)
        return yield* users.me(caller)
      }),
      putLogo: Effect.fnUntraced(function* ({ payload }) {
        return yield* logos.put(yield* CurrentUser, received(payload))
      }, Effect.scoped),
      deleteLogo: Effect.fnUntraced(function* () {
        return yield* logos.remove(yield* CurrentUser)
      })
    })
  })
)
