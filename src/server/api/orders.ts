import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { ProductsNotFound } from "../../services/cart/errors.ts"
import { OutOfStock, VariantRequired } from "../../services/catalog/errors.ts"
import { ValidationFailed } from "../../services/errors.ts"
import {
  OrderNotCancellable,
  OrderNotEditable,
  OrderNotFound,
  TooManyEdits,
  TotalChanged
} from "../../services/orders/errors.ts"
import { ListedOrder, Order, PlacedOrder } from "../../services/orders/model.ts"
import { CancelOrder, ListOrders, PlaceOrder, TrackOrder, UpdateOrder } from "../../services/orders/requests.ts"
import { PreconditionFailed } from "../../services/precondition.ts"
import { MaybeSignedIn, SignedIn } from "../middleware/Authentication.ts"
import { Idempotent } from "../middleware/Idempotent.ts"
import { Limits } from "../middleware/limits.ts"
import { cartToken } from "./cart.ts"
import { createdOf, dataOf, pageOf } from "./envelope.ts"
import { ifMatch } from "./ifMatch.ts"

const id = { id: Schema.String.annotate({ description: "The order's id or its number" }) }
const headers = {
  "x-order-token": Schema.optionalKey(Schema.String.annotate({ description: "A guest's token of this order" }))
}

const placeOrder = HttpApiEndpoint.post("placeOrder", "/orders", {
  headers: cartToken,
  payload: PlaceOrder,
  success: createdOf(PlacedOrder),
  error: [ProductsNotFound, VariantRequired, OutOfStock, TotalChanged, ValidationFailed]
})
  .annotate(Limits, ["guest-orders"])
  .annotate(OpenApi.Summary, "Order, as a guest or signed in; a name, a phone and items are enough")
  .middleware(Idempotent)
  .middleware(MaybeSignedIn)

const listOrders = HttpApiEndpoint.get("listOrders", "/orders", {
  query: ListOrders,
  success: pageOf(ListedOrder),
  error: ValidationFailed
})
  .annotate(OpenApi.Summary, "The caller's own orders, the newest first")
  .middleware(SignedIn)

const trackOrder = HttpApiEndpoint.get("trackOrder", "/orders/track", {
  query: TrackOrder,
  success: dataOf(Order),
  error: OrderNotFound
})
  .annotate(OpenApi.Summary, "An order by its number and its customer's phone")
  .annotate(Limits, ["track-address", "track-phone", "track-number"])

const getOrder = HttpApiEndpoint.get("getOrder", "/orders/:id", {
  params: id,
  headers,
  success: dataOf(Order),
  error: OrderNotFound
})
  .annotate(OpenApi.Summary, "One order: for its buyer, a guest with its token, its sellers and administrators")
  .middleware(MaybeSignedIn)
  .annotate(Limits, ["order-token"])

const updateOrder = HttpApiEndpoint.patch("updateOrder", "/orders/:id", {
  params: id,
  headers: { ...headers, ...ifMatch },
  payload: UpdateOrder,
  success: dataOf(Order),
  error: [OrderNotFound, OrderNotEditable, TooManyEdits, PreconditionFailed, ValidationFailed]
})
  .annotate(OpenApi.Summary, "Complete or change where to deliver, until a shop confirms")
  .middleware(MaybeSignedIn)
  .annotate(Limits, ["order-token"])

const cancelOrder = HttpApiEndpoint.post("cancelOrder", "/orders/:id/cancel", {
  params: id,
  headers,
  // null is also how an empty body arrives: a reason need not be given.
  payload: [CancelOrder, Schema.Null],
  success: dataOf(Order),
  error: [OrderNotFound, OrderNotCancellable]
})
  .annotate(OpenApi.Summary, "Cancel an order before any of it is shipped")
  .middleware(Idempotent)
  .middleware(MaybeSignedIn)
  .annotate(Limits, ["order-token"])

export const OrdersApi = HttpApiGroup.make("orders")
  .add(placeOrder, listOrders, trackOrder, getOrder, updateOrder, cancelOrder)
  .annotate(OpenApi.Title, "Orders")
