import { Effect } from "effect"
import { ProductImages } from "../../services/catalog/ProductImages.ts"
import { maxImageBytes } from "../../services/media/limits.ts"
import { PresignedUploads } from "../../services/media/PresignedUploads.ts"
import { answersOf } from "../answers.ts"
import { receiving } from "../http/upload.ts"
import { CurrentUser } from "../middleware/Authentication.ts"

export const ProductImagesHandlers = answersOf(
  "productImages",
  Effect.fnUntraced(function* (answers) {
    const images = yield* ProductImages
    const uploads = yield* PresignedUploads
    const received = yield* receiving({ maxBytes: maxImageBytes })
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
      })
    })
  })
)
