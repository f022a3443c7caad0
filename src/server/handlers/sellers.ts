import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { Applications } from "../../services/sellers/Applications.ts"
import { Api } from "../Api.ts"
import { replyData } from "../http/reply.ts"
import { CurrentUser } from "../middleware/Authentication.ts"

export const SellersHandlers = HttpApiBuilder.group(
  Api,
  "sellers",
  Effect.fnUntraced(function* (handlers) {
    const applications = yield* Applications
    return handlers.handleAll({
      applyAsSeller: Effect.fnUntraced(function* ({ payload }) {
        return replyData(yield* applications.apply(yield* CurrentUser, payload), 201)
      }),
      getApplication: Effect.fnUntraced(function* () {
        return replyData(yield* applications.latest(yield* CurrentUser))
      })
    })
  })
)
