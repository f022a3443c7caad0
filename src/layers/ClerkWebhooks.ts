import { Effect, Layer, Redacted } from "effect"
import { InvalidSignature, WebhookNotConfigured } from "../services/auth/errors.ts"
import { type SealedMessage, WebhookVerifier } from "../services/auth/WebhookVerifier.ts"

/** Longer than any that Clerk's sender makes, which are of 31 characters. */
const maxIdLength = 255

/** Clerk's webhooks, verified by `@clerk/backend` over the bytes that arrived. None are taken without the secret. */
export const layer = (secret: Redacted.Redacted | undefined) =>
  Layer.succeed(WebhookVerifier, {
    verify: Effect.fnUntraced(function* ({ id, timestamp, signature, body }: SealedMessage) {
      if (secret === undefined) return yield* new WebhookNotConfigured()
      if (!id || !timestamp || !signature || id.length > maxIdLength) return yield* new InvalidSignature()
      const { verifyWebhook } = yield* loadWebhooks
      const { type, data } = yield* Effect.tryPromise({
        try: () =>
          verifyWebhook(requestOf({ id, timestamp, signature }, body), { signingSecret: Redacted.value(secret) }),
        catch: () => new InvalidSignature()
      })
      return { id: id.trim(), type, data }
    })
  })

type Headers = { readonly id: string; readonly timestamp: string; readonly signature: string }

const requestOf = ({ id, timestamp, signature }: Headers, body: ArrayBuffer) =>
  new Request("http://localhost/", {
    method: "POST",
    headers: { "svix-id": id, "svix-timestamp": timestamp, "svix-signature": signature },
    body
  })

/** Loaded with the first message: 1 MB, and 5 to 10 ms. */
const loadWebhooks = Effect.promise(() => import("@clerk/backend/webhooks"))
