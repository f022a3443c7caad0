import { Effect } from "effect"
import { Wilayas } from "../../services/delivery/Wilayas.ts"
import { answersOf } from "../answers.ts"

export const DeliveryHandlers = answersOf(
  "delivery",
  Effect.fnUntraced(function* (answers) {
    const wilayas = yield* Wilayas
    return answers({
      listWilayas: () => wilayas.list
    })
  })
)
