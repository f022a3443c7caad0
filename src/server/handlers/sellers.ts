import { Effect } from "effect"
import { maxImageBytes } from "../../services/media/limits.ts"
import { Applications } from "../../services/sellers/Applications.ts"
import { Logos } from "../../services/sellers/Logos.ts"
import { answersOf } from "../answers.ts"
import { receiving } from "../http/upload.ts"
import { CurrentUser } from "../middleware/Authentication.ts"
import { RateLimiting } from "../middleware/RateLimiting.ts"

export const SellersHandlers = answersOf(
  "sellers",
  Effect.fnUntraced(function* (answers) {
    const applications = yield* Applications
    const logos = yield* Logos
    const limits = yield* RateLimiting
    const received = yield* receiving({ maxBytes: maxImageBytes })
    return answers({
      applyAsSeller: Effect.fnUntraced(function* ({ payload }) {
        const caller = yield* CurrentUser
        return yield* limits.once("applications", caller.id)(applications.apply(caller, payload))
      }),
      getApplication: Effect.fnUntraced(function* () {
        return yield* applications.latest(yield* CurrentUser)
      }),
      putLogo: Effect.fnUntraced(function* ({ payload }) {
        const caller = yield* CurrentUser
        return yield* logos.put(caller, received(caller, payload))
      }, Effect.scoped),
      attachLogo: Effect.fnUntraced(function* ({ payload }) {
        return yield* logos.attach(yield* CurrentUser, payload)
      }),
      deleteLogo: Effect.fnUntraced(function* () {
        return yield* logos.remove(yield* CurrentUser)
      })
    })
  })
)
