import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { Wilayas } from "../../services/delivery/Wilayas.ts"
import { Api } from "../Api.ts"

export const DeliveryHandlers = HttpApiBuilder.group(
  Api,
  "delivery",
  Effect.fnUntraced(function* (handlers) {
    const wilayas = yield* Wilayas
    return handlers.handleAll({
      listWilayas: () => Effect.map(wilayas.list, (data) => ({ data }))
    })
  })
)
