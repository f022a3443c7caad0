/** Takes what a request uses of its caller's limits, tells what is left, and refuses it when there is nothing. */
import { Cause, Context, Duration, Effect, Exit, Layer, Option, Schema } from "effect"
import { HttpEffect, HttpServerRequest, HttpServerResponse } from "effect/http"
import type { HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import { RateLimiter } from "effect/persistence"
import { Settings } from "../../layers/Settings.ts"
import type { Caller } from "../../services/auth/model.ts"
import { type Asked, bySubscriber, type Limit, minutes } from "../../services/limits.ts"
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

type Answer<E, R> = Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>

export type Where = { readonly endpoint: HttpApiEndpoint.Top; readonly group: HttpApiGroup.Top }

export class RateLimiting extends Context.Service<
  RateLimiting,
  {
    /** Holds a request to its caller's budget of the group and to the limits that its endpoint names. */
    readonly hold: (
      where: Where,
      caller: Caller | undefined
    ) => <E, R>(
      answer: Answer<E, R>
    ) => Answer<E | RateLimitExceeded, R | HttpServerRequest.HttpServerRequest | HttpServerRequest.ParsedSearchParams>
    /** Refuses an address that sends token after token that is none. */
    readonly holdUnknown: <E, R>(
      answer: Answer<E, R>
    ) => Answer<E | RateLimitExceeded, R | HttpServerRequest.HttpServerRequest | HttpServerRequest.ParsedSearchParams>
    /** Lets work be done that takes one from this limit if it succeeds; its `key` only the handler knows. */
    readonly once: (
      name: string,
      key: string
    ) => <A, E, R>(
      work: Effect.Effect<A, E, R>
    ) => Effect.Effect<A, E | RateLimitExceeded, R | HttpServerRequest.HttpServerRequest>
  }
>()("zst/RateLimiting") {
  /** Over these limits, which endpoints name. */
  static readonly layerOf = (all: ReadonlyArray<Limit>) =>
    Layer.effect(
      RateLimiting,
      Effect.gen(function* () {
        const { rateLimits } = yield* Settings
        const limiter = yield* RateLimiter.RateLimiter
        if (rateLimits === "off") {
          return RateLimiting.of({
            hold: () => (answer) => answer,
            holdUnknown: (answer) => answer,
            once: () => (work) => work
          })
        }
        const { limited, once } = limitedBy(limiter)
        const limits = new Map<HttpApiEndpoint.Top, ReadonlyArray<Limit>>()
        const limitsAt = ({ endpoint, group }: Where) => {
          const known = limits.get(endpoint)
          if (known !== undefined) return known
          const named = Context.get(endpoint.annotations, Limits).map((name) => find(all, name))
          const found = [...budgetOf(group), ...named]
          limits.set(endpoint, found)
          return found
        }
        return RateLimiting.of({
          hold: (where, caller) => (answer) => limited(answer, where.endpoint.method, limitsAt(where), caller),
          holdUnknown: (answer) => limited(answer, "", [ofUnknown], undefined),
          once: (name, key) => (work) => once({ limit: find(all, name), key, remaining: 0, resetAfter: 0 }, work)
        })
      })
    )
}

const find = (all: ReadonlyArray<Limit>, name: string) => {
  const limit = all.find((one) => one.name === name)
  if (limit === undefined) throw new Error(`No domain declares the limit ${name}`)
  return limit
}

/** What an app asks for in a minute is far less; many phones share a guest's address. */
const budgetOf = ({ identifier }: HttpApiGroup.Top): ReadonlyArray<Limit> => [
  {
    name: identifier,
    limit: 600,
    window: 1 * minutes,
    counts: "requests",
    key: ({ caller }) => (caller === undefined ? undefined : `user ${caller.id}`)
  },
  {
    name: identifier,
    limit: 3000,
    window: 1 * minutes,
    counts: "requests",
    key: (asked) => (asked.caller === undefined ? `guests ${bySubscriber(asked)}` : undefined)
  }
]

const ofUnknown: Limit = { name: "tokens", limit: 300, window: 1 * minutes, counts: "refusals", key: bySubscriber }

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
    return limiter
      .consume({
        key: `${name}:${budget.key}`,
        limit,
        window: Duration.seconds(window),
        tokens,
        algorithm: "token-bucket"
      })
      .pipe(
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
    if (spent.length > 0) return yield* refused(spent.map(untilOne))
  })

  // One after another: whose first budget is spent takes nothing from the others, which may not be theirs alone.
  const take = Effect.fnUntraced(function* (budgets: Budgets) {
    for (const budget of budgets) if (!(yield* consume(budget, 1))) return yield* refused([budget.resetAfter])
  })

  // What fails takes nothing: it may be meant to keep somebody else from what is theirs.
  const once = <A, E, R>(budget: Budget, work: Effect.Effect<A, E, R>) =>
    telling([budget]).pipe(
      Effect.andThen(ask([budget])),
      Effect.andThen(work),
      Effect.tap(() => consume(budget, 1))
    )

  const limited = Effect.fnUntraced(function* <E, R>(
    answer: Answer<E, R>,
    method: string,
    limits: ReadonlyArray<Limit>,
    caller: Caller | undefined
  ) {
    const budgets = yield* budgetsOf(limits, caller)
    const ofRequests = budgets.filter(({ limit }) => limit.counts === "requests")
    const ofFailures = budgets.filter(({ limit }) => limit.counts !== "requests")
    yield* telling(budgets)
    const ofMisses = ofFailures.filter(({ limit }) => limit.counts === "misses")
    yield* ask(ofMisses)
    yield* take(ofRequests)
    if (ofFailures.length === 0) return yield* answer
    const exit = yield* Effect.exit(answer)
    // Guesses sent side by side were all let in, so it is decided again by what is left now: a miss is told for a
    // token, a hit while there is one. Except of a write, which has happened.
    const failed = ofFailures.filter(({ limit }) => statusOf(exit) === failures[limit.counts])
    if (failed.length > 0) yield* take(failed)
    else if (method === "GET") yield* ask(ofMisses)
    return yield* exit
  })

  return { limited, once }
}

const failures = { requests: undefined, misses: 404, refusals: 401 }

/** In how many seconds an empty bucket has one again. */
const untilOne = ({ limit: { limit, window }, resetAfter }: Budget) =>
  Math.ceil(resetAfter - ((limit - 1) * window) / limit)

const refused = (seconds: ReadonlyArray<number>) => new RateLimitExceeded({ retry_after: Math.max(1, ...seconds) })

const budgetsOf = Effect.fnUntraced(function* (limits: ReadonlyArray<Limit>, caller: Caller | undefined) {
  const { headers, remoteAddress } = yield* HttpServerRequest.HttpServerRequest
  const query = yield* HttpServerRequest.ParsedSearchParams
  const asked: Asked = { address: Option.getOrElse(remoteAddress, () => ""), headers, query, caller }
  return limits.flatMap((limit): Budgets => {
    const key = limit.key?.(asked)
    return key === undefined ? [] : [{ limit, key, remaining: limit.limit, resetAfter: 0 }]
  })
})

const statusOf = (exit: Exit.Exit<unknown, unknown>) =>
  Exit.isFailure(exit)
    ? Option.getOrUndefined(Option.map(Cause.findErrorOption(exit.cause), (error) => failureOf(error)?.status))
    : undefined

/**
 * As in draft-ietf-httpapi-ratelimit-headers-10; of a budget that is whole there is no time to tell. What anybody may
 * keep and pass on says nothing of who asked for it.
 */
const telling = (budgets: Budgets) =>
  budgets.length === 0
    ? Effect.void
    : HttpEffect.appendPreResponseHandler((_, response) => {
        if (response.headers["cache-control"]?.startsWith("public") === true) return Effect.succeed(response)
        const policies = budgets.map(({ limit: { name, limit, window } }) => `"${name}";q=${limit};w=${window}`)
        const left = budgets.map(({ limit: { name }, remaining, resetAfter }) =>
          resetAfter > 0 ? `"${name}";r=${remaining};t=${resetAfter}` : `"${name}";r=${remaining}`
        )
        const { "ratelimit-policy": policy, ratelimit } = response.headers
        return Effect.succeed(
          HttpServerResponse.setHeaders(response, {
            "ratelimit-policy": listed([policy, ...policies]),
            ratelimit: listed([ratelimit, ...left])
          })
        )
      })

const listed = (members: ReadonlyArray<string | undefined>) => members.filter((member) => member).join(", ")
