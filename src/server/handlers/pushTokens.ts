import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { PushTokens } from "../../services/notifications/PushTokens.ts"
import { Api } from "../Api.ts"
import { replyData } from "../http/reply.ts"
import { CurrentUser } from "../middleware/Authentication.ts"

export const PushTokensHandlers = HttpApiBuilder.group(
  Api,
  "pushTokens",
  Effect.fnUntraced(function* (handlers) {
    const pushTokens = yield* PushTokens
    return handlers.handleAll({
      listPushTokens: Effect.fnUntraced(function* () {
        return replyData(yield* pushTokens.list((yield* CurrentUser).id))
      }),
      registerPushToken: Effect.fnUntraced(function* ({ payload }) {
        const { created, token } = yield* pushTokens.register((yield* CurrentUser).id, payload)
        return replyData(token, created ? 201 : 200)
      }),
      deletePushToken: Effect.fnUntraced(function* ({ params }) {
        return { data: yield* pushTokens.remove((yield* CurrentUser).id, params.id) }
      })
    })
  })
)
