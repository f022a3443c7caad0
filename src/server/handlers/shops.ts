import { Effect } from "effect"
import { Shops } from "../../services/sellers/Shops.ts"
import { answersOf } from "../answers.ts"

export const ShopsHandlers = answersOf(
  "shops",
  Effect.fnUntraced(function* (answers) {
    const shops = yield* Shops
    return answers({
      getShop: ({ params }) => shops.get(params.id)
    })
  })
)
