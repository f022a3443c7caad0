import { Effect } from "effect"
import { Avatars } from "../../services/accounts/Avatars.ts"
import { Departures } from "../../services/accounts/Departures.ts"
import { Users } from "../../services/auth/Users.ts"
import { maxImageBytes } from "../../services/media/limits.ts"
import { answersOf } from "../answers.ts"
import { receiving } from "../http/upload.ts"
import { CurrentUser } from "../middleware/Authentication.ts"
import { RateLimiting } from "../middleware/RateLimiting.ts"

export const UsersHandlers = answersOf(
  "users",
  Effect.fnUntraced(function* (answers) {
    const users = yield* Users
    const departures = yield* Departures
    const avatars = yield* Avatars
    const limits = yield* RateLimiting
    const received = yield* receiving({ maxBytes: maxImageBytes })
    return answers({
      getMe: Effect.fnUntraced(function* () {
        return yield* users.me(yield* CurrentUser)
      }),
      updateMe: Effect.fnUntraced(function* ({ headers, payload }) {
        return yield* users.updateMe(yield* CurrentUser, payload, headers["if-match"])
      }),
      leave: Effect.fnUntraced(function* () {
        const caller = yield* CurrentUser
        return yield* limits.once("departures", caller.id)(departures.request(caller))
      }),
      stay: Effect.fnUntraced(function* () {
        return yield* departures.restore(yield* CurrentUser)
      }),
      putAvatar: Effect.fnUntraced(function* ({ payload }) {
        const caller = yield* CurrentUser
        return yield* avatars.put(caller, yield* received(caller, payload))
      }, Effect.scoped),
      attachAvatar: Effect.fnUntraced(function* ({ payload }) {
        return yield* avatars.attach(yield* CurrentUser, payload)
      }),
      deleteAvatar: Effect.fnUntraced(function* () {
        return yield* avatars.remove(yield* CurrentUser)
      })
    })
  })
)
