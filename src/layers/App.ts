import { Layer } from "effect"
import { ClerkEvents } from "../services/auth/ClerkEvents.ts"
import { Users } from "../services/auth/Users.ts"
import { Carts } from "../services/cart/Carts.ts"
import { Categories } from "../services/catalog/Categories.ts"
import { Freshness } from "../services/catalog/Freshness.ts"
import { ProductLists } from "../services/catalog/ProductLists.ts"
import { Products } from "../services/catalog/Products.ts"
import { Checkout } from "../services/orders/Checkout.ts"
import { Movements } from "../services/orders/Movements.ts"
import { Orders } from "../services/orders/Orders.ts"
import { SellerOrders } from "../services/orders/SellerOrders.ts"
import * as Identity from "./Identity.ts"
import * as Postgres from "./Postgres.ts"
import { Settings } from "./Settings.ts"

/** The domain services over a database, which is left open: tests give them one of their own. */
export const Services = Layer.mergeAll(
  Users.layer,
  ClerkEvents.layer,
  Products.layer,
  ProductLists.layer,
  Checkout.layer,
  Orders.layer,
  SellerOrders.layer
).pipe(
  Layer.provideMerge(Carts.layer),
  Layer.provideMerge(Movements.layer),
  Layer.provideMerge(Categories.layer),
  Layer.provideMerge(Freshness.layer)
)

/** The database that the settings name. */
export const Infrastructure = Postgres.layer.pipe(
  Layer.provideMerge(Postgres.Database.layer),
  Layer.provideMerge(Settings.layer)
)

/** Everything that the HTTP process and the commands run on. */
export const App = Services.pipe(Layer.provideMerge(Identity.layer), Layer.provideMerge(Infrastructure))
