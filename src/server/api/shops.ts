import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { SellerNotFound } from "../../services/sellers/errors.ts"
import { Shop } from "../../services/sellers/model.ts"
import { revalidated, SharedCache } from "./caching.ts"
import { dataOf } from "./envelope.ts"

const getShop = HttpApiEndpoint.get("getShop", "/sellers/:id", {
  params: { id: Schema.String },
  success: dataOf(Shop),
  error: SellerNotFound
})
  .annotate(OpenApi.Summary, "An open shop, by id or slug")
  .annotate(SharedCache, revalidated)

export const ShopsApi = HttpApiGroup.make("shops").add(getShop).annotate(OpenApi.Title, "Shops")
