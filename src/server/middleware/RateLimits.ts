import { Effect, Layer } from "effect"
import { HttpApiMiddleware } from "effect/http-api"
import { MaybeSignedIn, SignedIn } from "./Authentication.ts"
import { RateLimitExceeded, RateLimiting } from "./RateLimiting.ts"

/** Holds every endpoint to its limits: here those that ask for no token, the others once it is known who calls. */
export class RateLimits extends HttpApiMiddleware.Service<RateLimits>()("zst/RateLimits", {
  error: RateLimitExceeded
}) {
  static readonly layer = Layer.effect(
    RateLimits,
    Effect.map(
      RateLimiting,
      ({ hold, holdUnknown }) =>
        (httpEffect, where) =>
          where.endpoint.middlewares.has(SignedIn) || where.endpoint.middlewares.has(MaybeSignedIn)
            ? holdUnknown(httpEffect)
            : hold(where, undefined)(httpEffect)
    )
  )
}
