import { Layer } from "effect"
import { AdminHandlers } from "./admin.ts"
import { CartHandlers } from "./cart.ts"
import { CatalogHandlers } from "./catalog.ts"
import { OrdersHandlers } from "./orders.ts"
import { SellerOrdersHandlers } from "./sellerOrders.ts"
import { SellersHandlers } from "./sellers.ts"
import { UsersHandlers } from "./users.ts"

export const Handlers = Layer.mergeAll(
  CatalogHandlers,
  UsersHandlers,
  CartHandlers,
  OrdersHandlers,
  SellersHandlers,
  SellerOrdersHandlers,
  AdminHandlers
)
