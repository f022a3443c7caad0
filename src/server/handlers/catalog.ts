import { Effect } from "effect"
import { Categories } from "../../services/catalog/Categories.ts"
import { ProductLists } from "../../services/catalog/ProductLists.ts"
import { Products } from "../../services/catalog/Products.ts"
import { Variants } from "../../services/catalog/Variants.ts"
import { answersOf } from "../answers.ts"
import { CurrentUser, Visitor } from "../middleware/Authentication.ts"

export const CatalogHandlers = answersOf(
  "catalog",
  Effect.fnUntraced(function* (answers) {
    const categories = yield* Categories
    const products = yield* Products
    const variants = yield* Variants
    const lists = yield* ProductLists
    return answers({
      listCategories: () => categories.tree,
      listProducts: ({ query }) => lists.list(query),
      searchProducts: ({ query }) => lists.search(query),
      getProduct: Effect.fnUntraced(function* ({ params }) {
        const { caller } = yield* Visitor
        return yield* products.get(params.id, caller)
      }),
      createProduct: Effect.fnUntraced(function* ({ payload }) {
        return yield* products.create(yield* CurrentUser, payload)
      }),
      updateProduct: Effect.fnUntraced(function* ({ params, headers, payload }) {
        return yield* products.update(yield* CurrentUser, params.id, payload, headers["if-match"])
      }),
      setVariants: Effect.fnUntraced(function* ({ params, headers, payload }) {
        return yield* variants.set(yield* CurrentUser, params.id, payload, headers["if-match"])
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
