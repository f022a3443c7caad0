import { Layer } from "effect"
import { CartHandlers } from "./cart.ts"
import { CatalogHandlers } from "./catalog.ts"
import { OrdersHandlers } from "./orders.ts"
import { SellerOrdersHandlers } from "./sellerOrders.ts"
import { UsersHandlers } from "./users.ts"
import { WebhooksHandlers } from "./webhooks.ts"

export const Handlers = Layer.mergeAll(
  CatalogHandlers,
  UsersHandlers,
  CartHandlers,
  OrdersHandlers,
  SellerOrdersHandlers,
  WebhooksHandlers
)
