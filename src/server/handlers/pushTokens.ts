import { Effect } from "effect"
import type { RegisterPushToken } from "../../services/notifications/model.ts"
import { PushTokens } from "../../services/notifications/PushTokens.ts"
import { answersOf } from "../answers.ts"
import { CurrentUser } from "../middleware/Authentication.ts"

export const PushTokensHandlers = answersOf(
  "pushTokens",
  Effect.fnUntraced(function* (answers) {
    const pushTokens = yield* PushTokens
    const register = Effect.fnUntraced(function* ({ payload }: { readonly payload: RegisterPushToken }) {
      return yield* pushTokens.register((yield* CurrentUser).id, payload)
    })
    return answers({
      listPushTokens: Effect.fnUntraced(function* () {
        return yield* pushTokens.list((yield* CurrentUser).id)
      }),
      registerPushToken: register,
      setPushToken: register,
      deletePushToken: Effect.fnUntraced(function* ({ params }) {
        return yield* pushTokens.remove((yield* CurrentUser).id, params.id)
      })
    })
  })
)
