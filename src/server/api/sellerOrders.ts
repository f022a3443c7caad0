import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { Forbidden, ValidationFailed } from "../../services/errors.ts"
import { InvalidStatusTransition, OrderNotFound } from "../../services/orders/errors.ts"
import { ListedSellerOrder, SellerOrder } from "../../services/orders/model.ts"
import { ListSellerOrders, MoveSellerOrder } from "../../services/orders/requests.ts"
import { PreconditionFailed } from "../../services/precondition.ts"
import { SignedIn } from "../middleware/Authentication.ts"
import { dataOf, pageOf } from "./envelope.ts"
import { ifMatch } from "./ifMatch.ts"

const id = {
  id: Schema.String.annotate({ description: "The seller order's id, or the order's id or number: the caller's part" })
}

const listSellerOrders = HttpApiEndpoint.get("listSellerOrders", "/seller/orders", {
  query: ListSellerOrders,
  success: pageOf(ListedSellerOrder),
  error: [Forbidden, ValidationFailed]
}).annotate(OpenApi.Summary, "The orders that the caller's shop fulfils, the newest first")

const recentSellerOrders = HttpApiEndpoint.get("recentSellerOrders", "/seller/orders/recent", {
  success: dataOf(Schema.Array(ListedSellerOrder)),
  error: Forbidden
}).annotate(OpenApi.Summary, "The ten newest of them")

const getSellerOrder = HttpApiEndpoint.get("getSellerOrder", "/seller/orders/:id", {
  params: id,
  success: dataOf(SellerOrder),
  error: OrderNotFound
}).annotate(OpenApi.Summary, "One of them, with its timeline")

const moveSellerOrder = HttpApiEndpoint.patch("moveSellerOrder", "/seller/orders/:id/status", {
  params: id,
  headers: ifMatch,
  payload: MoveSellerOrder,
  success: dataOf(SellerOrder),
  error: [OrderNotFound, InvalidStatusTransition, PreconditionFailed, ValidationFailed]
}).annotate(OpenApi.Summary, "Confirm, ship, deliver, cancel or take back")

export const SellerOrdersApi = HttpApiGroup.make("sellerOrders")
  .add(listSellerOrders, recentSellerOrders, getSellerOrder, moveSellerOrder)
  .middleware(SignedIn)
  .annotate(OpenApi.Title, "Orders to fulfil")
