import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { SellerOrders } from "../../services/orders/SellerOrders.ts"
import { Api } from "../Api.ts"
import { replyData, replyPage } from "../http/reply.ts"
import { CurrentUser } from "../middleware/Authentication.ts"

export const SellerOrdersHandlers = HttpApiBuilder.group(
  Api,
  "sellerOrders",
  Effect.fnUntraced(function* (handlers) {
    const orders = yield* SellerOrders
    return handlers.handleAll({
      listSellerOrders: Effect.fnUntraced(function* ({ query }) {
        const { items, meta } = yield* orders.list(yield* CurrentUser, query)
        return replyPage(items, meta)
      }),
      getSellerOrder: Effect.fnUntraced(function* ({ params }) {
        return replyData(yield* orders.get(yield* CurrentUser, params.id))
      }),
      moveSellerOrder: Effect.fnUntraced(function* ({ params, headers, payload }) {
        return replyData(yield* orders.move(yield* CurrentUser, params.id, payload, headers["if-match"]))
      })
    })
  })
)
