import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { Carts } from "../../services/cart/Carts.ts"
import { Api } from "../Api.ts"
import { replyData } from "../http/reply.ts"
import { CurrentUser } from "../middleware/Authentication.ts"

export const CartHandlers = HttpApiBuilder.group(
  Api,
  "cart",
  Effect.fnUntraced(function* (handlers) {
    const carts = yield* Carts
    return handlers.handleAll({
      getCart: Effect.fnUntraced(function* () {
        return replyData(yield* carts.get((yield* CurrentUser).id))
      }),
      clearCart: Effect.fnUntraced(function* () {
        return replyData(yield* carts.clear((yield* CurrentUser).id))
      }),
      countCart: Effect.fnUntraced(function* () {
        return { data: yield* carts.count((yield* CurrentUser).id) }
      }),
      addCartItem: Effect.fnUntraced(function* ({ payload }) {
        return replyData(yield* carts.add((yield* CurrentUser).id, payload), 201)
      }),
      updateCartItem: Effect.fnUntraced(function* ({ params, payload }) {
        return replyData(yield* carts.setQuantity((yield* CurrentUser).id, params.id, payload.quantity))
      }),
      removeCartItem: Effect.fnUntraced(function* ({ params }) {
        return replyData(yield* carts.remove((yield* CurrentUser).id, params.id))
      })
    })
  })
)
