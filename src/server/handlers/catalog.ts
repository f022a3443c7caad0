import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { Categories } from "../../services/catalog/Categories.ts"
import { ProductLists } from "../../services/catalog/ProductLists.ts"
import { Products } from "../../services/catalog/Products.ts"
import { Api } from "../Api.ts"
import { HotPages } from "../http/HotPages.ts"
import { replyData, replyPage } from "../http/reply.ts"
import { CurrentUser, Visitor } from "../middleware/Authentication.ts"

export const CatalogHandlers = HttpApiBuilder.group(
  Api,
  "catalog",
  Effect.fnUntraced(function* (handlers) {
    const categories = yield* Categories
    const products = yield* Products
    const lists = yield* ProductLists
    const hot = yield* HotPages
    return handlers.handleAll({
      listCategories: () => Effect.map(categories.tree, (data) => ({ data })),
      listProducts: ({ query, request }) =>
        hot.keep(
          request,
          Effect.map(lists.list(query), ({ items, meta }) => replyPage(items, meta))
        ),
      getProduct: Effect.fnUntraced(function* ({ params }) {
        const { caller } = yield* Visitor
        return replyData(yield* products.get(params.id, caller))
      }),
      createProduct: Effect.fnUntraced(function* ({ payload }) {
        return replyData(yield* products.create(yield* CurrentUser, payload), 201)
      }),
      updateProduct: Effect.fnUntraced(function* ({ params, headers, payload }) {
        return replyData(yield* products.update(yield* CurrentUser, params.id, payload, headers["if-match"]))
      }),
      deleteProduct: Effect.fnUntraced(function* ({ params }) {
        return { data: yield* products.remove(yield* CurrentUser, params.id) }
      }),
      listOwnProducts: Effect.fnUntraced(function* ({ query }) {
        const { items, meta } = yield* lists.listOwn(yield* CurrentUser, query)
        return replyPage(items, meta)
      })
    })
  })
)
