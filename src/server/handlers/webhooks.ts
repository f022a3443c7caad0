import { Effect } from "effect"
import { ClerkEvents } from "../../services/accounts/ClerkEvents.ts"
import { WebhookVerifier } from "../../services/auth/WebhookVerifier.ts"
import { answersOf } from "../answers.ts"

export const WebhooksHandlers = answersOf(
  "webhooks",
  Effect.fnUntraced(function* (answers) {
    const verifier = yield* WebhookVerifier
    const events = yield* ClerkEvents
    return answers({
      clerk: {
        raw: Effect.fnUntraced(function* ({ headers, request }) {
          const message = yield* verifier.verify({
            id: headers["svix-id"],
            timestamp: headers["svix-timestamp"],
            signature: headers["svix-signature"],
            body: yield* Effect.orDie(request.arrayBuffer)
          })
          return yield* events.receive(message)
        })
      }
    })
  })
)
