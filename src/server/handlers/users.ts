import { Effect } from "effect"
import { Avatars } from "../../services/accounts/Avatars.ts"
import { Departures } from "../../services/accounts/Departures.ts"
import { Users } from "../../services/auth/Users.ts"
import { maxImageBytes } from "../../services/media/limits.ts"
import { answersOf } from "../answers.ts"
import { receiving } from "../http/upload.ts"
import { CurrentUser } from "../middleware/Authentication.ts"

export const UsersHandlers = answersOf(
  "users",
  Effect.fnUntraced(function* (answers) {
    const users = yield* Users
    const departures = yield* Departures
    const avatars = yield* Avatars
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
        yield* departures.request(caller)
        return yield* users.me(caller)
      }),
      stay: Effect.fnUntraced(function* () {
        const caller = yield* CurrentUser
        yield* departures.restore(caller)
        return yield* users.me(caller)
      }),
      putAvatar: Effect.fnUntraced(function* ({ payload }) {
        const caller = yield* CurrentUser
        yield* avatars.put(caller, yield* received(payload))
        return yield* users.me(caller)
      }, Effect.scoped),
      attachAvatar: Effect.fnUntraced(function* ({ payload }) {
        const caller = yield* CurrentUser
        yield* avatars.attach(caller, payload)
        return yield* users.me(caller)
      }),
      deleteAvatar: Effect.fnUntraced(function* () {
        const caller = yield* CurrentUser
        yield* avatars.remove(caller)
        return yield* users.me(caller)
      })
    })
  })
)
