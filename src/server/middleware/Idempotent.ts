import { Effect, Layer, Option, Predicate, Schema } from "effect"
import { HttpServerRequest, HttpServerResponse } from "effect/http"
import { HttpApiMiddleware } from "effect/http-api"
import type { Caller } from "../../services/auth/model.ts"
import { IdempotencyKeyInvalid, IdempotencyKeyReused, RequestInProgress } from "../../services/idempotency/errors.ts"
import { IdempotencyKeys } from "../../services/idempotency/IdempotencyKeys.ts"
import { type Answer, isIdempotencyKey } from "../../services/idempotency/model.ts"
import { subscriberOf } from "../../services/networks.ts"
import { Visitor } from "./Authentication.ts"
import { RateLimitExceeded, RateLimiting } from "./RateLimiting.ts"

/**
 * Makes a request with an Idempotency-Key take effect once, however often it is sent. Goes on an endpoint before
 * `SignedIn` or `MaybeSignedIn`, which surround it then: whose key it is must be known.
 */
export class Idempotent extends HttpApiMiddleware.Service<Idempotent, { requires: Visitor }>()("zst/Idempotent", {
  error: [IdempotencyKeyInvalid, RequestInProgress, IdempotencyKeyReused, RateLimitExceeded]
}) {
  static readonly layer = Layer.effect(
    Idempotent,
    Effect.gen(function* () {
      const keys = yield* IdempotencyKeys
      const limits = yield* RateLimiting
      return (httpEffect) =>
        Effect.flatMap(HttpServerRequest.HttpServerRequest, (request) => {
          const key = request.headers["idempotency-key"]
          if (key === undefined) return httpEffect
          if (!isIdempotencyKey(key)) return Effect.fail(new IdempotencyKeyInvalid())
          return Effect.gen(function* () {
            const { caller } = yield* Visitor
            const keyed = yield* keyedRequest(request, key, caller)
            const held = caller
              ? limits.once("keys", caller.id, weightOf)
              : limits.once("guest-keys", addressOf(request), weightOf)
            const outcome = yield* keys.once(keyed, held(Effect.tap(httpEffect, refuseFailure)), answerOf)
            return outcome._tag === "First" ? outcome.value : replayed(outcome.answer)
          }).pipe(Effect.catchIf(isRefused, ({ response }) => Effect.succeed(response)))
        })
    })
  )
}

/** What tells one guest from another, where they have it. */
const guestCredentials = ["x-order-token", "x-cart-token"]

const decodeBuyer = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Struct({ customer_phone: Schema.String })))

/**
 * Whoever orders is who they say they are, from whatever network they try again. Others are whoever has their address:
 * one who comes from another begins another cart, and sees nobody else's.
 */
const guestOf = (request: HttpServerRequest.HttpServerRequest, body: Uint8Array) => {
  const credentials = guestCredentials.map((name) => request.headers[name] ?? "")
  const buyer = Option.map(decodeBuyer(Buffer.from(body).toString()), ({ customer_phone }) => customer_phone)
  return JSON.stringify(["guest", ...credentials, Option.getOrElse(buyer, () => addressOf(request))])
}

const addressOf = ({ remoteAddress }: HttpServerRequest.HttpServerRequest) =>
  subscriberOf(Option.getOrElse(remoteAddress, () => ""))

const keyedRequest = Effect.fnUntraced(function* (
  request: HttpServerRequest.HttpServerRequest,
  key: string,
  caller: Caller | undefined
) {
  const [path, ...query] = request.url.split("?")
  // Before the transaction begins: a body that is slow to arrive holds no connection.
  const body = new Uint8Array(yield* Effect.orDie(request.arrayBuffer))
  return {
    caller: caller?.id ?? guestOf(request, body),
    route: `${request.method} ${path}`,
    key,
    query: query.join("?"),
    body
  }
})

/** A refusal that came as an answer: it must undo the transaction like any failure. */
class Refused {
  readonly _tag = "Refused"
  readonly response: HttpServerResponse.HttpServerResponse
  constructor(response: HttpServerResponse.HttpServerResponse) {
    this.response = response
  }
}

const isRefused = (error: unknown): error is Refused => Predicate.isTagged(error, "Refused") && error instanceof Refused

const refuseFailure = (response: HttpServerResponse.HttpServerResponse) =>
  response.status >= 400 ? Effect.fail(new Refused(response)) : Effect.void

const answerOf = ({ status, headers, body }: HttpServerResponse.HttpServerResponse): Effect.Effect<Answer> => {
  if (body._tag === "Empty") return Effect.succeed({ status, headers, body: new Uint8Array() })
  if (body._tag === "Uint8Array") return Effect.succeed({ status, headers, body: body.body })
  return Effect.die(`An answer of kind ${body._tag} cannot be kept`)
}

/** In pieces of 16 KB, of which some ten are kept. */
const weightOf = ({ body }: HttpServerResponse.HttpServerResponse) =>
  body._tag === "Uint8Array" ? Math.ceil(body.body.length / 16_384) : 1

const replayed = ({ status, headers, body }: Answer) =>
  HttpServerResponse.uint8Array(body, { status, headers: { ...headers, "idempotent-replayed": "true" } })
