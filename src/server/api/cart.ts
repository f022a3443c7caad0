import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { CartItemNotFound, ProductsNotFound } from "../../services/cart/errors.ts"
import { AddCartItem, Cart, CartCount, UpdateCartItem } from "../../services/cart/model.ts"
import { OutOfStock, VariantRequired } from "../../services/catalog/errors.ts"
import { ValidationFailed } from "../../services/errors.ts"
import { SignedIn } from "../middleware/Authentication.ts"
import { Idempotent } from "../middleware/Idempotent.ts"
import { createdOf, dataOf } from "./envelope.ts"

const id = { id: Schema.String }
const refusals = [ProductsNotFound, VariantRequired, OutOfStock, ValidationFailed] as const

const getCart = HttpApiEndpoint.get("getCart", "/cart", { success: dataOf(Cart) }).annotate(
  OpenApi.Summary,
  "The caller's cart, at today's prices"
)

const clearCart = HttpApiEndpoint.delete("clearCart", "/cart", { success: dataOf(Cart) }).annotate(
  OpenApi.Summary,
  "Empty the cart"
)

const countCart = HttpApiEndpoint.get("countCart", "/cart/count", { success: dataOf(CartCount) }).annotate(
  OpenApi.Summary,
  "How much is in the cart"
)

const addCartItem = HttpApiEndpoint.post("addCartItem", "/cart/items", {
  payload: AddCartItem,
  success: createdOf(Cart),
  error: refusals
})
  .annotate(OpenApi.Summary, "Add a product to the cart; the same one again adds to its line")
  .middleware(Idempotent)

const updateCartItem = HttpApiEndpoint.patch("updateCartItem", "/cart/items/:id", {
  params: id,
  payload: UpdateCartItem,
  success: dataOf(Cart),
  error: [CartItemNotFound, ...refusals]
}).annotate(OpenApi.Summary, "Set the quantity of a line")

const removeCartItem = HttpApiEndpoint.delete("removeCartItem", "/cart/items/:id", {
  params: id,
  success: dataOf(Cart),
  error: CartItemNotFound
}).annotate(OpenApi.Summary, "Take a line out of the cart")

export const CartApi = HttpApiGroup.make("cart")
  .add(getCart, clearCart, countCart, addCartItem, updateCartItem, removeCartItem)
  .middleware(SignedIn)
  .annotate(OpenApi.Title, "Cart")
