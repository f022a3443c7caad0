import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { Shops } from "../../services/sellers/Shops.ts"
import { Api } from "../Api.ts"
import { replyData } from "../http/reply.ts"

export const ShopsHandlers = HttpApiBuilder.group(
  Api,
  "shops",
  Effect.fnUntraced(function* (handlers) {
    const shops = yield* Shops
    return handlers.handleAll({
      getShop: ({ params }) => Effect.map(shops.get(params.id), (shop) => replyData(shop))
    })
  })
)
