import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { CartItemNotFound, ProductsNotFound } from "../../services/cart/errors.ts"
import { AddCartItem, AddedCart, Cart, CartCount, UpdateCartItem } from "../../services/cart/model.ts"
import { OutOfStock, VariantRequired } from "../../services/catalog/errors.ts"
import { ValidationFailed } from "../../services/errors.ts"
import { MaybeSignedIn, SignedIn } from "../middleware/Authentication.ts"
import { Idempotent } from "../middleware/Idempotent.ts"
import { Limits } from "../middleware/limits.ts"
import { createdOf, dataOf } from "./envelope.ts"

const id = { id: Schema.String }
const token = Schema.String.annotate({ description: "A guest's token of their cart" })
/** Passed over where a user is signed in: users have their own. */
export const cartToken = { "x-cart-token": Schema.optionalKey(token) }
const refusals = [ProductsNotFound, VariantRequired, OutOfStock, ValidationFailed] as const

const getCart = HttpApiEndpoint.get("getCart", "/cart", { headers: cartToken, success: dataOf(Cart) })
  .annotate(OpenApi.Summary, "The caller's cart, at today's prices")
  .middleware(MaybeSignedIn)

const clearCart = HttpApiEndpoint.delete("clearCart", "/cart", { headers: cartToken, success: dataOf(Cart) })
  .annotate(OpenApi.Summary, "Empty the cart")
  .middleware(MaybeSignedIn)

const countCart = HttpApiEndpoint.get("countCart", "/cart/count", { headers: cartToken, success: dataOf(CartCount) })
  .annotate(OpenApi.Summary, "How much is in the cart")
  .middleware(MaybeSignedIn)

const mergeCart = HttpApiEndpoint.post("mergeCart", "/cart/merge", {
  headers: { "x-cart-token": token },
  success: dataOf(Cart),
  error: ValidationFailed
})
  .annotate(OpenApi.Summary, "After signing in: put what a guest's cart holds into the account's; the token ends")
  .middleware(SignedIn)

const addCartItem = HttpApiEndpoint.post("addCartItem", "/cart/items", {
  headers: cartToken,
  payload: AddCartItem,
  success: createdOf(AddedCart),
  error: refusals
})
  .annotate(OpenApi.Summary, "Add a product to the cart; the same one again adds to its line")
  .middleware(Idempotent)
  .middleware(MaybeSignedIn)
  .annotate(Limits, ["cart-guests"])

const updateCartItem = HttpApiEndpoint.patch("updateCartItem", "/cart/items/:id", {
  params: id,
  headers: cartToken,
  payload: UpdateCartItem,
  success: dataOf(Cart),
  error: [CartItemNotFound, ...refusals]
})
  .annotate(OpenApi.Summary, "Set the quantity of a line")
  .middleware(MaybeSignedIn)

const removeCartItem = HttpApiEndpoint.delete("removeCartItem", "/cart/items/:id", {
  params: id,
  headers: cartToken,
  success: dataOf(Cart),
  error: CartItemNotFound
})
  .annotate(OpenApi.Summary, "Take a line out of the cart")
  .middleware(MaybeSignedIn)

export const CartApi = HttpApiGroup.make("cart")
  .add(getCart, clearCart, countCart, mergeCart, addCartItem, updateCartItem, removeCartItem)
  .annotate(OpenApi.Title, "Cart")
