import { Effect } from "effect"
import { Applications } from "../../services/sellers/Applications.ts"
import { answersOf } from "../answers.ts"
import { CurrentUser } from "../middleware/Authentication.ts"

export const SellersHandlers = answersOf(
  "sellers",
  Effect.fnUntraced(function* (answers) {
    const applications = yield* Applications
    return answers({
      applyAsSeller: Effect.fnUntraced(function* ({ payload }) {
        return yield* applications.apply(yield* CurrentUser, payload)
      }),
      getApplication: Effect.fnUntraced(function* () {
        return yield* applications.latest(yield* CurrentUser)
      })
    })
  })
)
