import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { ClerkEvents } from "../../services/accounts/ClerkEvents.ts"
import { WebhookVerifier } from "../../services/auth/WebhookVerifier.ts"
import { Api } from "../Api.ts"

export const WebhooksHandlers = HttpApiBuilder.group(
  Api,
  "webhooks",
  Effect.fnUntraced(function* (handlers) {
    const verifier = yield* WebhookVerifier
    const events = yield* ClerkEvents
    return handlers.handleRaw(
      "clerk",
      Effect.fnUntraced(function* ({ headers, request }) {
        const message = yield* verifier.verify({
          id: headers["svix-id"],
          timestamp: headers["svix-timestamp"],
          signature: headers["svix-signature"],
          body: yield* Effect.orDie(request.arrayBuffer)
        })
        return { data: yield* events.receive(message) }
      })
    )
  })
)
