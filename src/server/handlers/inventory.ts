import { Effect } from "effect"
import { Inventory } from "../../services/catalog/Inventory.ts"
import { answersOf } from "../answers.ts"
import { CurrentUser } from "../middleware/Authentication.ts"
import { RateLimiting } from "../middleware/RateLimiting.ts"

export const InventoryHandlers = answersOf(
  "inventory",
  Effect.fnUntraced(function* (answers) {
    const inventory = yield* Inventory
    const limits = yield* RateLimiting
    return answers({
      adjustStock: Effect.fnUntraced(function* ({ payload }) {
        const caller = yield* CurrentUser
        return yield* limits.once("recounts", caller.id)(inventory.adjust(caller, payload))
      }),
      listMovements: Effect.fnUntraced(function* ({ query }) {
        return yield* inventory.movements(yield* CurrentUser, query)
      })
    })
  })
)
