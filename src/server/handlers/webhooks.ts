import { Effect } from "effect"
import { ClerkEvents } from "../../services/accounts/ClerkEvents.ts"
import { WebhookVerifier } from "../../services/auth/WebhookVerifier.ts"
import { Patience, usualPatience } from "../../services/patience.ts"
import { answersOf } from "../answers.ts"
import { LeavingTurns } from "../middleware/turns.ts"

export const WebhooksHandlers = answersOf(
  "webhooks",
  Effect.fnUntraced(function* (answers) {
    const verifier = yield* WebhookVerifier
    const events = yield* ClerkEvents
    const leaving = yield* LeavingTurns
    return answers({
      clerk: {
        raw: Effect.fnUntraced(function* ({ headers, request }) {
          const message = yield* verifier.verify({
            id: headers["svix-id"],
            timestamp: headers["svix-timestamp"],
            signature: headers["svix-signature"],
            body: yield* Effect.orDie(request.arrayBuffer)
          })
          const received = events.receive(message)
          // A shop that goes takes as long as it is large; what else Clerk says is soon done.
          if (message.type !== "user.deleted") return yield* Effect.provideService(received, Patience, usualPatience)
          return yield* leaving.inTurn((yield* events.closesShop(message)) ? "shops" : "people")(received)
        })
      }
    })
  })
)
