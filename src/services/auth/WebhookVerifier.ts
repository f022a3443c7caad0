import { Context, type Effect } from "effect"
import type { InvalidSignature, WebhookNotConfigured } from "./errors.ts"

/** A webhook as it arrived: three headers and the bytes that they sign. */
export type SealedMessage = {
  readonly id: string | undefined
  readonly timestamp: string | undefined
  readonly signature: string | undefined
  readonly body: ArrayBuffer
}

/** What is certainly from the sender. Its id stays the same when it is sent again. */
export type WebhookMessage = {
  readonly id: string
  readonly type: unknown
  readonly data: unknown
}

/** Opens messages that the identity provider signed no more than five minutes ago. */
export class WebhookVerifier extends Context.Service<
  WebhookVerifier,
  {
    readonly verify: (sealed: SealedMessage) => Effect.Effect<WebhookMessage, InvalidSignature | WebhookNotConfigured>
  }
>()("zst/auth/WebhookVerifier") {}
