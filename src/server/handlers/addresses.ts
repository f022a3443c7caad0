import { Effect } from "effect"
import { Addresses } from "../../services/addresses/Addresses.ts"
import { answersOf } from "../answers.ts"
import { CurrentUser } from "../middleware/Authentication.ts"

export const AddressesHandlers = answersOf(
  "addresses",
  Effect.fnUntraced(function* (answers) {
    const addresses = yield* Addresses
    return answers({
      listAddresses: Effect.fnUntraced(function* () {
        return yield* addresses.list((yield* CurrentUser).id)
      }),
      getAddress: Effect.fnUntraced(function* ({ params }) {
        return yield* addresses.get((yield* CurrentUser).id, params.id)
      }),
      putAddress: Effect.fnUntraced(function* ({ params, payload }) {
        return yield* addresses.put((yield* CurrentUser).id, params.id, payload)
      }),
      deleteAddress: Effect.fnUntraced(function* ({ params }) {
        return yield* addresses.remove((yield* CurrentUser).id, params.id)
      })
    })
  })
)
