import { Effect } from "effect"
import { Categories } from "../../services/catalog/Categories.ts"
import { ProductLists } from "../../services/catalog/ProductLists.ts"
import { Products } from "../../services/catalog/Products.ts"
import { Variants } from "../../services/catalog/Variants.ts"
import { answersOf } from "../answers.ts"
import { CurrentUser, Visitor } from "../middleware/Authentication.ts"
import { RateLimiting } from "../middleware/RateLimiting.ts"

export const CatalogHandlers = answersOf(
  "catalog",
  Effect.fnUntraced(function* (answers) {
    const categories = yield* Categories
    const products = yield* Products
    const variants = yield* Variants
    const lists = yield* ProductLists
    const limits = yield* RateLimiting
    return answers({
      listCategories: () => categories.tree,
      listProducts: ({ query }) => lists.list(query),
      searchProducts: ({ query }) => lists.search(query),
      getProduct: Effect.fnUntraced(function* ({ params }) {
        const { caller } = yield* Visitor
        return yield* products.get(params.id, caller)
      }),
      createProduct: Effect.fnUntraced(function* ({ payload }) {
        const caller = yield* CurrentUser
        return yield* limits.once("new-products", caller.id)(products.create(caller, payload))
      }),
      updateProduct: Effect.fnUntraced(function* ({ params, headers, payload }) {
        const caller = yield* CurrentUser
        const update = products.update(caller, params.id, payload, headers["if-match"])
        const isCounted = payload.stock !== undefined || payload.in_stock !== undefined
        return yield* isCounted ? limits.once("recounts", caller.id)(update) : update
      }),
      setVariants: Effect.fnUntraced(function* ({ params, headers, payload }) {
        const caller = yield* CurrentUser
        const set = variants.set(caller, params.id, payload, headers["if-match"])
        return yield* limits.once("recounts", caller.id)(set)
      }),
      deleteProduct: Effect.fnUntraced(function* ({ params }) {
        return yield* products.remove(yield* CurrentUser, params.id)
      }),
      listOwnProducts: Effect.fnUntraced(function* ({ query }) {
        return yield* lists.listOwn(yield* CurrentUser, query)
      })
    })
  })
)
