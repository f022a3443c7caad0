import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { Addresses } from "../../services/addresses/Addresses.ts"
import { Api } from "../Api.ts"
import { replyData } from "../http/reply.ts"
import { CurrentUser } from "../middleware/Authentication.ts"

export const AddressesHandlers = HttpApiBuilder.group(
  Api,
  "addresses",
  Effect.fnUntraced(function* (handlers) {
    const addresses = yield* Addresses
    return handlers.handleAll({
      listAddresses: Effect.fnUntraced(function* () {
        return replyData(yield* addresses.list((yield* CurrentUser).id))
      }),
      getAddress: Effect.fnUntraced(function* ({ params }) {
        return replyData(yield* addresses.get((yield* CurrentUser).id, params.id))
      }),
      putAddress: Effect.fnUntraced(function* ({ params, payload }) {
        const { created, address } = yield* addresses.put((yield* CurrentUser).id, params.id, payload)
        return replyData(address, created ? 201 : 200)
      }),
      deleteAddress: Effect.fnUntraced(function* ({ params }) {
        return { data: yield* addresses.remove((yield* CurrentUser).id, params.id) }
      })
    })
  })
)
