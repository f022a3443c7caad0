import { HttpApi, OpenApi } from "effect/http-api"
import { AddressesApi } from "./api/addresses.ts"
import { AdminApi } from "./api/admin.ts"
import { CartApi } from "./api/cart.ts"
import { CatalogApi } from "./api/catalog.ts"
import { DeliveryApi } from "./api/delivery.ts"
import { InventoryApi } from "./api/inventory.ts"
import { MediaApi } from "./api/media.ts"
import { completed } from "./api/openapi.ts"
import { OrdersApi } from "./api/orders.ts"
import { ProductImagesApi } from "./api/productImages.ts"
import { PushTokensApi } from "./api/pushTokens.ts"
import { SellerOrdersApi } from "./api/sellerOrders.ts"
import { SellersApi } from "./api/sellers.ts"
import { ShopsApi } from "./api/shops.ts"
import { UsersApi } from "./api/users.ts"
import { WebhooksApi } from "./api/webhooks.ts"
import { Caching } from "./middleware/Caching.ts"
import { ErrorEnvelope } from "./middleware/ErrorEnvelope.ts"
import { GivenQuery } from "./middleware/GivenQuery.ts"
import { RateLimits } from "./middleware/RateLimits.ts"

/** The version of the contract. */
export const version = "1.0.0"

/** The contract of ZST over HTTP. */
export class Api extends HttpApi.make("zst")
  .add(CatalogApi, UsersApi, CartApi, OrdersApi, SellersApi, SellerOrdersApi, AdminApi)
  .add(AddressesApi, PushTokensApi, DeliveryApi, ShopsApi, ProductImagesApi, WebhooksApi, MediaApi, InventoryApi)
  .middleware(RateLimits)
  .middleware(GivenQuery)
  .middleware(Caching)
  .middleware(ErrorEnvelope)
  .prefix("/api/v1")
  .annotate(HttpApi.PayloadParseOptions, { errors: "all" })
  .annotate(HttpApi.QueryParseOptions, { errors: "all" })
  .annotateMerge(
    OpenApi.annotations({
      title: "ZST",
      version,
      description:
        "The backend of an Algerian marketplace: shops, reels and wholesale.\n\n" +
        "Every read answers with an `ETag`. Sent back as `If-None-Match`, it is answered with 304 and no body while " +
        "nothing has changed. Where a change takes `If-Match`, a tag that is not the current one is answered with 412, " +
        "and nothing is changed.",
      transform: completed
    })
  ) {}
