import { Effect } from "effect"
import { SellerOrders } from "../../services/orders/SellerOrders.ts"
import { answersOf } from "../answers.ts"
import { CurrentUser } from "../middleware/Authentication.ts"

export const SellerOrdersHandlers = answersOf(
  "sellerOrders",
  Effect.fnUntraced(function* (answers) {
    const orders = yield* SellerOrders
    return answers({
      listSellerOrders: Effect.fnUntraced(function* ({ query }) {
        return yield* orders.list(yield* CurrentUser, query)
      }),
      recentSellerOrders: Effect.fnUntraced(function* () {
        return yield* orders.recent(yield* CurrentUser)
      }),
      getSellerOrder: Effect.fnUntraced(function* ({ params }) {
        return yield* orders.get(yield* CurrentUser, params.id)
      }),
      moveSellerOrder: Effect.fnUntraced(function* ({ params, headers, payload }) {
        return yield* orders.move(yield* CurrentUser, params.id, payload, headers["if-match"])
      })
    })
  })
)
