import { Effect } from "effect"
import { Carts } from "../../services/cart/Carts.ts"
import type { CartOwner } from "../../services/cart/cartRows.ts"
import { GuestCarts } from "../../services/cart/GuestCarts.ts"
import { answersOf } from "../answers.ts"
import { CurrentUser, Visitor } from "../middleware/Authentication.ts"

/** Whose cart is meant: the signed-in user's, or else the one that the token opens. */
const cartOwner = Effect.fnUntraced(function* (headers: { readonly "x-cart-token"?: string }) {
  const { caller } = yield* Visitor
  const owner: CartOwner = caller === undefined ? { token: headers["x-cart-token"] } : { user: caller.id }
  return owner
})

export const CartHandlers = answersOf(
  "cart",
  Effect.fnUntraced(function* (answers) {
    const carts = yield* Carts
    const guestCarts = yield* GuestCarts
    return answers({
      getCart: Effect.fnUntraced(function* ({ headers }) {
        return yield* carts.get(yield* cartOwner(headers))
      }),
      clearCart: Effect.fnUntraced(function* ({ headers }) {
        return yield* carts.clear(yield* cartOwner(headers))
      }),
      countCart: Effect.fnUntraced(function* ({ headers }) {
        return yield* carts.count(yield* cartOwner(headers))
      }),
      mergeCart: Effect.fnUntraced(function* ({ headers }) {
        return yield* guestCarts.merge((yield* CurrentUser).id, headers["x-cart-token"])
      }),
      addCartItem: Effect.fnUntraced(function* ({ headers, payload }) {
        return yield* carts.add(yield* cartOwner(headers), payload)
      }),
      updateCartItem: Effect.fnUntraced(function* ({ params, headers, payload }) {
        return yield* carts.setQuantity(yield* cartOwner(headers), params.id, payload.quantity)
      }),
      removeCartItem: Effect.fnUntraced(function* ({ params, headers }) {
        return yield* carts.remove(yield* cartOwner(headers), params.id)
      })
    })
  })
)
