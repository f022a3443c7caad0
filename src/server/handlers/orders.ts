import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { Checkout } from "../../services/orders/Checkout.ts"
import { Orders } from "../../services/orders/Orders.ts"
import { Api } from "../Api.ts"
import { replyData, replyPage } from "../http/reply.ts"
import { CurrentUser, Visitor } from "../middleware/Authentication.ts"

const accessOf = Effect.fnUntraced(function* (headers: { readonly "x-order-token"?: string }) {
  const { caller } = yield* Visitor
  return { caller, token: headers["x-order-token"] }
})

export const OrdersHandlers = HttpApiBuilder.group(
  Api,
  "orders",
  Effect.fnUntraced(function* (handlers) {
    const checkout = yield* Checkout
    const orders = yield* Orders
    return handlers.handleAll({
      placeOrder: Effect.fnUntraced(function* ({ payload }) {
        const { caller } = yield* Visitor
        return replyData(yield* checkout.place(caller, payload), 201)
      }),
      listOrders: Effect.fnUntraced(function* ({ query }) {
        const { items, meta } = yield* orders.list(yield* CurrentUser, query)
        return replyPage(items, meta)
      }),
      trackOrder: ({ query }) => Effect.map(orders.track(query), (order) => replyData(order)),
      getOrder: Effect.fnUntraced(function* ({ params, headers }) {
        return replyData(yield* orders.get(yield* accessOf(headers), params.id))
      }),
      updateOrder: Effect.fnUntraced(function* ({ params, headers, payload }) {
        return replyData(yield* orders.update(yield* accessOf(headers), params.id, payload, headers["if-match"]))
      }),
      cancelOrder: Effect.fnUntraced(function* ({ params, headers, payload }) {
        return replyData(yield* orders.cancel(yield* accessOf(headers), params.id, payload ?? {}))
      })
    })
  })
)
