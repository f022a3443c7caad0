import { Effect } from "effect"
import { maxImages, wrongPlace } from "../../services/catalog/imageModel.ts"
import { ProductImages } from "../../services/catalog/ProductImages.ts"
import { invalidField } from "../../services/errors.ts"
import { maxImageBytes } from "../../services/media/limits.ts"
import { answersOf } from "../answers.ts"
import { receiving } from "../http/upload.ts"
import { CurrentUser } from "../middleware/Authentication.ts"

export const ProductImagesHandlers = answersOf(
  "productImages",
  Effect.fnUntraced(function* (answers) {
    const images = yield* ProductImages
    const received = yield* receiving({ maxBytes: maxImageBytes })
    return answers({
      addProductImage: Effect.fnUntraced(function* ({ params, payload }) {
        const caller = yield* CurrentUser
        const sent = Effect.flatMap(received(caller, payload), ({ path, fields }) =>
          Effect.map(placeOf(fields), (place) => ({ source: { path }, place }))
        )
        return yield* images.add(caller, params.id, sent)
      }, Effect.scoped),
      attachProductImage: Effect.fnUntraced(function* ({ params, payload }) {
        return yield* images.attach(yield* CurrentUser, params.id, payload)
      }),
      updateProductImage: Effect.fnUntraced(function* ({ params, payload }) {
        return yield* images.update(yield* CurrentUser, params.id, params.image_id, payload)
      }),
      deleteProductImage: Effect.fnUntraced(function* ({ params }) {
        return yield* images.remove(yield* CurrentUser, params.id, params.image_id)
      })
    })
  })
)

/** As a form says it. */
const placeOf = Effect.fnUntraced(function* ({ is_primary, display_order }: Readonly<Record<string, string>>) {
  if (is_primary !== undefined && is_primary !== "true" && is_primary !== "false") {
    return yield* invalidField("is_primary", "Expected true or false")
  }
  if (display_order !== undefined && !places.has(display_order)) return yield* invalidField("display_order", wrongPlace)
  return {
    ...(is_primary !== undefined && { is_primary: is_primary === "true" }),
    ...(display_order !== undefined && { display_order: Number(display_order) })
  }
})

const places = new Set(Array.from({ length: maxImages }, (_, place) => String(place)))
