import { Effect } from "effect"
import { Carts } from "../../services/cart/Carts.ts"
import { answersOf } from "../answers.ts"
import { CurrentUser } from "../middleware/Authentication.ts"

export const CartHandlers = answersOf(
  "cart",
  Effect.fnUntraced(function* (answers) {
    const carts = yield* Carts
    return answers({
      getCart: Effect.fnUntraced(function* () {
        return yield* carts.get((yield* CurrentUser).id)
      }),
      clearCart: Effect.fnUntraced(function* () {
        return yield* carts.clear((yield* CurrentUser).id)
      }),
      countCart: Effect.fnUntraced(function* () {
        return yield* carts.count((yield* CurrentUser).id)
      }),
      addCartItem: Effect.fnUntraced(function* ({ payload }) {
        return yield* carts.add((yield* CurrentUser).id, payload)
      }),
      updateCartItem: Effect.fnUntraced(function* ({ params, payload }) {
        return yield* carts.setQuantity((yield* CurrentUser).id, params.id, payload.quantity)
      }),
      removeCartItem: Effect.fnUntraced(function* ({ params }) {
        return yield* carts.remove((yield* CurrentUser).id, params.id)
      })
    })
  })
)
