import { Layer } from "effect"
import { AddressesHandlers } from "./addresses.ts"
import { AdminHandlers } from "./admin.ts"
import { CartHandlers } from "./cart.ts"
import { CatalogHandlers } from "./catalog.ts"
import { DeliveryHandlers } from "./delivery.ts"
import { InventoryHandlers } from "./inventory.ts"
import { MediaHandlers } from "./media.ts"
import { OrdersHandlers } from "./orders.ts"
import { ProductImagesHandlers } from "./productImages.ts"
import { PushTokensHandlers } from "./pushTokens.ts"
import { SellerOrdersHandlers } from "./sellerOrders.ts"
import { SellersHandlers } from "./sellers.ts"
import { ShopsHandlers } from "./shops.ts"
import { UsersHandlers } from "./users.ts"
import { WebhooksHandlers } from "./webhooks.ts"

export const Handlers = Layer.mergeAll(
  CatalogHandlers,
  ProductImagesHandlers,
  MediaHandlers,
  UsersHandlers,
  AddressesHandlers,
  PushTokensHandlers,
  DeliveryHandlers,
  ShopsHandlers,
  InventoryHandlers,
  CartHandlers,
  OrdersHandlers,
  SellersHandlers,
  SellerOrdersHandlers,
  AdminHandlers,
  WebhooksHandlers
)
