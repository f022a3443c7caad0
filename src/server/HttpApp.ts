/** The Effect application behind the listener: every route, and what surrounds them. */
import { Effect, Layer } from "effect"
import { HttpEffect, HttpMiddleware, HttpRouter, HttpServerRequest } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import { limits } from "../layers/domains.ts"
import { Settings } from "../layers/Settings.ts"
import { Api } from "./Api.ts"
import { Handlers } from "./handlers/index.ts"
import { withClientAddress } from "./http/ClientAddress.ts"
import { compression } from "./http/coding.ts"
import { tagCoding } from "./http/conditional.ts"
import { corsOptions } from "./http/cors.ts"
import { System } from "./http/system.ts"
import { AdministratorsOnly } from "./middleware/Administration.ts"
import { MaybeSignedIn, SignedIn } from "./middleware/Authentication.ts"
import { Caching } from "./middleware/Caching.ts"
import { ErrorEnvelope, replyToCause } from "./middleware/ErrorEnvelope.ts"
import { GivenQuery } from "./middleware/GivenQuery.ts"
import { Idempotent } from "./middleware/Idempotent.ts"
import { KeptPages } from "./middleware/KeptPages.ts"
import { RateLimiting } from "./middleware/RateLimiting.ts"
import { RateLimits } from "./middleware/RateLimits.ts"
import { LeavingTurns, ListTurns } from "./middleware/turns.ts"

const ApiRoutes = HttpApiBuilder.layer(Api).pipe(
  Layer.provide(Handlers),
  Layer.provide([
    SignedIn.layer,
    MaybeSignedIn.layer,
    AdministratorsOnly.layer,
    Idempotent.layer,
    KeptPages.layer,
    RateLimits.layer,
    GivenQuery.layer,
    Caching.layer,
    ErrorEnvelope.layer
  ]),
  Layer.provide([RateLimiting.layerOf(limits), ListTurns.layer, LeavingTurns.layer])
)

export const Routes = Layer.mergeAll(ApiRoutes, System)

/** Compression, CORS, and an envelope around what no endpoint answered, such as an unknown address. */
export const httpApp = Effect.gen(function* () {
  const settings = yield* Settings
  const routes = yield* HttpRouter.toHttpEffect(Routes)
  const answers = Effect.catchCause(routes, replyToCause)
  const compressed = answers.pipe(HttpEffect.withPreResponseHandler(tagCoding), HttpMiddleware.compression(compression))
  // What may be kept says Vary itself, so that without this header there is nothing to do.
  return Effect.flatMap(HttpServerRequest.HttpServerRequest, ({ headers }) =>
    headers["accept-encoding"] === undefined ? answers : compressed
  ).pipe(HttpMiddleware.cors(corsOptions(settings)), withClientAddress)
})
