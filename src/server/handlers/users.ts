import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { Departures } from "../../services/accounts/Departures.ts"
import { Users } from "../../services/auth/Users.ts"
import { Api } from "../Api.ts"
import { replyData } from "../http/reply.ts"
import { CurrentUser } from "../middleware/Authentication.ts"

export const UsersHandlers = HttpApiBuilder.group(
  Api,
  "users",
  Effect.fnUntraced(function* (handlers) {
    const users = yield* Users
    const departures = yield* Departures
    return handlers.handleAll({
      getMe: Effect.fnUntraced(function* () {
        return replyData(yield* users.me(yield* CurrentUser))
      }),
      updateMe: Effect.fnUntraced(function* ({ headers, payload }) {
        return replyData(yield* users.updateMe(yield* CurrentUser, payload, headers["if-match"]))
      }),
      leave: Effect.fnUntraced(function* () {
        const caller = yield* CurrentUser
        yield* departures.request(caller)
        return replyData(yield* users.me(caller))
      }),
      stay: Effect.fnUntraced(function* () {
        const caller = yield* CurrentUser
        yield* departures.restore(caller)
        return replyData(yield* users.me(caller))
      })
    })
  })
)
