import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { Wilaya } from "../../services/delivery/model.ts"
import { revalidated, SharedCache } from "./caching.ts"
import { dataOf } from "./envelope.ts"

const listWilayas = HttpApiEndpoint.get("listWilayas", "/wilayas", { success: dataOf(Schema.Array(Wilaya)) })
  .annotate(OpenApi.Summary, "The wilayas by code, with French and Arabic names")
  .annotate(
    OpenApi.Description,
    "A reform adds wilayas and renames them. The list is always as it is now: ask again with its ETag before it is shown " +
      "or sent. A name that is not in it any more is refused within a minute; a code stays what it is."
  )
  .annotate(SharedCache, revalidated)

export const DeliveryApi = HttpApiGroup.make("delivery").add(listWilayas).annotate(OpenApi.Title, "Delivery")
