import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { Wilaya } from "../../services/delivery/model.ts"
import { keptFor, SharedCache } from "./caching.ts"
import { dataOf } from "./envelope.ts"

const listWilayas = HttpApiEndpoint.get("listWilayas", "/wilayas", { success: dataOf(Schema.Array(Wilaya)) })
  .annotate(OpenApi.Summary, "The wilayas by code, with French and Arabic names")
  .annotate(SharedCache, keptFor(3600))

export const DeliveryApi = HttpApiGroup.make("delivery").add(listWilayas).annotate(OpenApi.Title, "Delivery")
