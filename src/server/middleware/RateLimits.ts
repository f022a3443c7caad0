import { Cause, Context, Duration, Effect, Exit, Layer, Option, Schema } from "effect"
import { HttpEffect, HttpServerRequest, HttpServerResponse } from "effect/http"
import { type HttpApiEndpoint, HttpApiMiddleware } from "effect/http-api"
import { RateLimiter } from "effect/persistence"
import { Settings } from "../../layers/Settings.ts"
import type { Limit } from "../../services/limits.ts"
import { failureOf } from "../http/errorReply.ts"
import { Limits } from "./limits.ts"

/** The budget is used up. */
export class RateLimitExceeded extends Schema.TaggedError<RateLimitExceeded>()(
  "RateLimitExceeded",
  { retry_after: Schema.Int },
  { httpApiStatus: 429 }
) {
  override get message() {
    return `Too many attempts. Try again in ${this.retry_after} seconds.`
  }
}

/** Holds an endpoint to the limits that it is annotated with. */
export class RateLimits extends HttpApiMiddleware.Service<RateLimits>()("zst/RateLimits", {
  error: RateLimitExceeded
}) {
  /** Over these limits, which endpoints name. */
  static readonly layerOf = (all: ReadonlyArray<Limit>) =>
    Layer.effect(
      RateLimits,
      Effect.gen(function* () {
        const { rateLimits } = yield* Settings
        const limiter = yield* RateLimiter.RateLimiter
        const limited = limitedBy(limiter)
        return (httpEffect, { endpoint }) => {
          const limits = limitsOf(endpoint, all)
          return rateLimits === "off" ? httpEffect : limited(httpEffect, endpoint, limits)
        }
      })
    )
}

const limitsOf = ({ annotations, identifier }: HttpApiEndpoint.Top, all: ReadonlyArray<Limit>) =>
  Context.get(annotations, Limits).map((name) => {
    const limit = all.find((one) => one.name === name)
    if (limit === undefined) throw new Error(`No domain declares the limit ${name} of ${identifier}`)
    return limit
  })

/** What one caller has left of a limit, as this request found it last. */
type Budget = { readonly limit: Limit; readonly key: string; remaining: number; resetAfter: number }
type Budgets = ReadonlyArray<Budget>

const limitedBy = (limiter: RateLimiter.RateLimiter) => {
  /** Takes so many, or says that there were not as many left. */
  const consume = (budget: Budget, tokens: 0 | 1) => {
    const { name, limit, window } = budget.limit
    const note = (remaining: number, resetAfter: Duration.Duration) => {
      budget.remaining = remaining
      budget.resetAfter = Math.ceil(Duration.toSeconds(resetAfter))
    }
    return limiter.consume({ key: `${name}:${budget.key}`, limit, window: Duration.seconds(window), tokens }).pipe(
      Effect.map(({ remaining, resetAfter }) => {
        note(remaining, resetAfter)
        return true
      }),
      Effect.catchReason(
        "RateLimiterError",
        "RateLimitExceeded",
        ({ retryAfter }) => Effect.sync(() => note(0, retryAfter)).pipe(Effect.as(false)),
        // A shop that cannot count stays open.
        (error) => Effect.as(Effect.logError("rate limits are not counted", error), true)
      )
    )
  }

  const ask = Effect.fnUntraced(function* (budgets: Budgets) {
    for (const budget of budgets) yield* consume(budget, 0)
    const spent = budgets.filter(({ remaining }) => remaining === 0)
    if (spent.length > 0) return yield* refused(spent)
  })

  // One after another: whose first budget is spent takes nothing from the others, which may not be theirs alone.
  const take = Effect.fnUntraced(function* (budgets: Budgets) {
    for (const budget of budgets) if (!(yield* consume(budget, 1))) return yield* refused([budget])
  })

  return Effect.fnUntraced(function* <E, R>(
    httpEffect: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>,
    endpoint: HttpApiEndpoint.Top,
    limits: ReadonlyArray<Limit>
  ) {
    const budgets = yield* budgetsOf(limits)
    const ofMisses = budgets.filter(({ limit }) => limit.counts === "misses")
    yield* HttpEffect.appendPreResponseHandler((_, response) => Effect.succeed(withHeaders(response, budgets)))
    yield* ask(ofMisses)
    yield* take(budgets.filter(({ limit }) => limit.counts === "requests"))
    const exit = yield* Effect.exit(httpEffect)
    // Guesses sent side by side were all let in, so it is decided again by what is left now: a miss is told for a
    // token, a hit while there is one. Except of a write, which has happened.
    if (isMiss(exit)) yield* take(ofMisses)
    else if (endpoint.method === "GET") yield* ask(ofMisses)
    return yield* exit
  })
}

const refused = (spent: Budgets) =>
  new RateLimitExceeded({ retry_after: Math.max(...spent.map(({ resetAfter }) => resetAfter)) })

const budgetsOf = Effect.fnUntraced(function* (limits: ReadonlyArray<Limit>) {
  const { headers, remoteAddress } = yield* HttpServerRequest.HttpServerRequest
  const query = yield* HttpServerRequest.ParsedSearchParams
  const asked = { address: Option.getOrElse(remoteAddress, () => ""), headers, query }
  return limits.flatMap((limit): Budgets => {
    const key = limit.key(asked)
    return key === undefined ? [] : [{ limit, key, remaining: limit.limit, resetAfter: 0 }]
  })
})

const isMiss = (exit: Exit.Exit<unknown, unknown>) =>
  Exit.isFailure(exit) && Option.exists(Cause.findErrorOption(exit.cause), (error) => failureOf(error)?.status === 404)

/** As in draft-ietf-httpapi-ratelimit-headers-10; of a budget that is whole there is no time to tell. */
const withHeaders = (response: HttpServerResponse.HttpServerResponse, budgets: Budgets) => {
  if (budgets.length === 0) return response
  const policies = budgets.map(({ limit: { name, limit, window } }) => `"${name}";q=${limit};w=${window}`)
  const left = budgets.map(({ limit: { name }, remaining, resetAfter }) =>
    resetAfter > 0 ? `"${name}";r=${remaining};t=${resetAfter}` : `"${name}";r=${remaining}`
  )
  return HttpServerResponse.setHeaders(response, {
    "ratelimit-policy": policies.join(", "),
    ratelimit: left.join(", ")
  })
}
