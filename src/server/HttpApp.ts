/** The Effect application behind the listener: every route, and what surrounds them. */
import { Effect, Layer } from "effect"
import { HttpMiddleware, HttpRouter } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import { Settings } from "../layers/Settings.ts"
import { Api } from "./Api.ts"
import { Handlers } from "./handlers/index.ts"
import { withClientAddress } from "./http/ClientAddress.ts"
import { System } from "./http/system.ts"
import { AdministratorsOnly } from "./middleware/Administration.ts"
import { MaybeSignedIn, SignedIn } from "./middleware/Authentication.ts"
import { ErrorEnvelope, replyToCause } from "./middleware/ErrorEnvelope.ts"
import { Idempotent } from "./middleware/Idempotent.ts"
import { RateLimits } from "./middleware/RateLimits.ts"

const ApiRoutes = HttpApiBuilder.layer(Api).pipe(
  Layer.provide(Handlers),
  Layer.provide([
    SignedIn.layer,
    MaybeSignedIn.layer,
    AdministratorsOnly.layer,
    Idempotent.layer,
    RateLimits.layer,
    ErrorEnvelope.layer
  ])
)

export const Routes = Layer.mergeAll(ApiRoutes, System)

const exposedHeaders = ["ETag", "X-Request-Id", "Retry-After", "RateLimit", "RateLimit-Policy", "Idempotent-Replayed"]

/** Compression, CORS, and an envelope around what no endpoint answered, such as an unknown address. */
export const httpApp = Effect.gen(function* () {
  const { corsOrigins, production } = yield* Settings
  const routes = yield* HttpRouter.toHttpEffect(Routes)
  const allowed = corsOrigins.length === 0 && production ? () => false : corsOrigins
  return routes.pipe(
    Effect.catchCause(replyToCause),
    HttpMiddleware.compression({ algorithms: ["br", "gzip"], levels: { br: 4, gzip: 6 } }),
    HttpMiddleware.cors({ allowedOrigins: allowed, exposedHeaders, maxAge: 86_400 }),
    withClientAddress
  )
})
