import { Effect } from "effect"
import { Inventory } from "../../services/catalog/Inventory.ts"
import { answersOf } from "../answers.ts"
import { CurrentUser } from "../middleware/Authentication.ts"

export const InventoryHandlers = answersOf(
  "inventory",
  Effect.fnUntraced(function* (answers) {
    const inventory = yield* Inventory
    return answers({
      adjustStock: Effect.fnUntraced(function* ({ payload }) {
        return yield* inventory.adjust(yield* CurrentUser, payload)
      }),
      listMovements: Effect.fnUntraced(function* ({ query }) {
        return yield* inventory.movements(yield* CurrentUser, query)
      })
    })
  })
)
