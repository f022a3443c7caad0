import { Effect } from "effect"
import { PushTokens } from "../../services/notifications/PushTokens.ts"
import { answersOf } from "../answers.ts"
import { CurrentUser } from "../middleware/Authentication.ts"

export const PushTokensHandlers = answersOf(
  "pushTokens",
  Effect.fnUntraced(function* (answers) {
    const pushTokens = yield* PushTokens
    return answers({
      listPushTokens: Effect.fnUntraced(function* () {
        return yield* pushTokens.list((yield* CurrentUser).id)
      }),
      registerPushToken: Effect.fnUntraced(function* ({ payload }) {
        return yield* pushTokens.register((yield* CurrentUser).id, payload)
      }),
      deletePushToken: Effect.fnUntraced(function* ({ params }) {
        return yield* pushTokens.remove((yield* CurrentUser).id, params.id)
      })
    })
  })
)
