import { Effect } from "effect"
import { Checkout } from "../../services/orders/Checkout.ts"
import { Orders } from "../../services/orders/Orders.ts"
import { answersOf } from "../answers.ts"
import { CurrentUser, Visitor } from "../middleware/Authentication.ts"
import { RateLimiting } from "../middleware/RateLimiting.ts"

const accessOf = Effect.fnUntraced(function* (headers: { readonly "x-order-token"?: string }) {
  const { caller } = yield* Visitor
  return { caller, token: headers["x-order-token"] }
})

export const OrdersHandlers = answersOf(
  "orders",
  Effect.fnUntraced(function* (answers) {
    const checkout = yield* Checkout
    const orders = yield* Orders
    const limits = yield* RateLimiting
    return answers({
      placeOrder: Effect.fnUntraced(function* ({ headers, payload }) {
        const { caller } = yield* Visitor
        const place = checkout.place({ caller, cart_token: headers["x-cart-token"] }, payload)
        return yield* caller === undefined
          ? limits.once("guest-orders-phone", payload.customer_phone)(place)
          : limits.once("orders-of-user", caller.id)(place)
      }),
      listOrders: Effect.fnUntraced(function* ({ query }) {
        return yield* orders.list(yield* CurrentUser, query)
      }),
      trackOrder: ({ query }) => orders.track(query),
      getOrder: Effect.fnUntraced(function* ({ params, headers }) {
        return yield* orders.get(yield* accessOf(headers), params.id)
      }),
      updateOrder: Effect.fnUntraced(function* ({ params, headers, payload }) {
        return yield* orders.update(yield* accessOf(headers), params.id, payload, headers["if-match"])
      }),
      cancelOrder: Effect.fnUntraced(function* ({ params, headers, payload }) {
        return yield* orders.cancel(yield* accessOf(headers), params.id, payload ?? {})
      })
    })
  })
)
