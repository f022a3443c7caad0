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

type Request = HttpServerRequest.HttpServerRequest

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
    /**
     * Lets work be done that takes one from this limit, and gives it back when it is refused; its `key` only the handler
     * knows. What was done may weigh more than one, which is known afterwards.
     */
    readonly once: <Done = unknown>(
      name: string,
      key: string,
      weigh?: (done: Done) => number
    ) => <A extends Done, E, R>(
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
        const store = yield* RateLimiter.RateLimiterStore
        if (rateLimits === "off") {
          return RateLimiting.of({
            hold: () => (answer) => answer,
            holdUnknown: (answer) => answer,
            once: () => (work) => work
          })
        }
        const { limited, once } = limitedBy(store)
        const limits = new Map<HttpApiEndpoint.Top, ReadonlyArray<Counted>>()
        const limitsAt = ({ endpoint, group }: Where) => {
          const known = limits.get(endpoint)
          if (known !== undefined) return known
          const named = Context.get(endpoint.annotations, Limits).map((name) => find(all, name))
          const found = [...budgetOf(group), ...named].map(countedBy)
          limits.set(endpoint, found)
          return found
        }
        return RateLimiting.of({
          hold: (where, caller) => (answer) => limited(answer, where.endpoint.method, limitsAt(where), caller),
          holdUnknown: (answer) =>
            Effect.flatMap(HttpServerRequest.HttpServerRequest, ({ headers }) =>
              headers.authorization === undefined ? answer : limited(answer, "", ofUnknown, undefined)
            ),
          once: (name, key, weigh) => (work) =>
            once({ counted: countedBy(find(all, name)), key, remaining: 0, resetAfter: 0 }, work, weigh)
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

/** A limit, and what is the same of it for everybody. */
type Counted = Limit & { readonly refill: Duration.Duration; readonly refillMillis: number; readonly policy: string }

const countedBy = (limit: Limit): Counted => {
  const refillMillis = (limit.window * 1000) / limit.limit
  const policy = `"${limit.name}";q=${limit.limit};w=${limit.window}`
  return { ...limit, refill: Duration.millis(refillMillis), refillMillis, policy }
}

const ofUnknown = [
  countedBy({ name: "tokens", limit: 300, window: 1 * minutes, counts: "refusals", key: bySubscriber })
]

/** What one caller has left of a limit, as this request found it last. */
type Budget = { readonly counted: Counted; readonly key: string; remaining: number; resetAfter: number }
type Budgets = ReadonlyArray<Budget>

const limitedBy = (store: RateLimiter.RateLimiterStore["Service"]) => {
  /**
   * Takes so many, or gives some back, and says whether there were as many left. The store itself is asked: the limiter before it works out
   * for every request what is the same for all.
   */
  const consume = (budget: Budget, tokens: number, allowOverflow = false) => {
    const { name, limit, refill, refillMillis } = budget.counted
    const asked = { key: `${name}:${budget.key}`, limit, tokens, refillRate: refill, allowOverflow }
    return Effect.catch(
      Effect.mapEager(store.tokenBucket(asked), ([left, elapsed]) => {
        const until = left < 0 ? -left : limit - left
        budget.remaining = Math.max(0, left)
        budget.resetAfter = Math.ceil(Math.max(0, until * refillMillis - elapsed) / 1000)
        return left >= 0
      }),
      // A shop that cannot count stays open.
      (error) => Effect.as(Effect.logError("rate limits are not counted", error), true)
    )
  }

  const ask = Effect.fnUntraced(function* (budgets: Budgets) {
    for (const budget of budgets) yield* consume(budget, 0)
    const spent = budgets.filter(({ remaining }) => remaining === 0)
    if (spent.length > 0) return yield* refused(spent.map(untilOne))
  })

  // One after another: whose first budget is spent takes nothing from the others, which may not be theirs alone.
  const take = ([budget, ...others]: Budgets): Effect.Effect<void, RateLimitExceeded> =>
    budget === undefined
      ? Effect.void
      : Effect.flatMap(consume(budget, 1), (isLeft) => (isLeft ? take(others) : refused([budget.resetAfter])))

  // What fails takes nothing: it may be meant to keep somebody else from what is theirs. Whether work that is cut off
  // was done nobody here knows.
  const once = <A, E, R>(budget: Budget, work: Effect.Effect<A, E, R>, weigh: (done: A) => number = () => 1) =>
    telling([budget]).pipe(
      Effect.andThen(take([budget])),
      Effect.andThen(Effect.onError(work, (cause) => (Cause.hasInterrupts(cause) ? Effect.void : consume(budget, -1)))),
      Effect.tap((done) => {
        const more = weigh(done) - 1
        return more > 0 ? consume(budget, more, true) : Effect.void
      })
    )

  const limited = <E, R>(
    answer: Answer<E, R>,
    method: string,
    limits: ReadonlyArray<Counted>,
    caller: Caller | undefined
  ) =>
    Effect.flatMap(budgetsOf(limits, caller), (budgets): Answer<E | RateLimitExceeded, R | Request> => {
      if (budgets.length === 0) return answer
      return Effect.andThen(
        telling(budgets),
        // As of most endpoints.
        budgets.every(isOfRequests) ? Effect.andThen(take(budgets), answer) : held(answer, method, budgets)
      )
    })

  const held = Effect.fnUntraced(function* <E, R>(answer: Answer<E, R>, method: string, budgets: Budgets) {
    const ofFailures = budgets.filter((budget) => !isOfRequests(budget))
    const ofMisses = ofFailures.filter(({ counted }) => counted.counts === "misses")
    yield* ask(ofMisses)
    yield* take(budgets.filter(isOfRequests))
    const exit = yield* Effect.exit(answer)
    // Guesses sent side by side were all let in, so it is decided again by what is left now: a miss is told for a
    // token, a hit while there is one. Except of a write, which has happened.
    const failed = ofFailures.filter(({ counted }) => statusOf(exit) === failures[counted.counts])
    if (failed.length > 0) yield* take(failed)
    else if (method === "GET") yield* ask(ofMisses)
    return yield* exit
  })

  return { limited, once }
}

const isOfRequests = ({ counted }: Budget) => counted.counts === "requests"

const failures = { requests: undefined, misses: 404, refusals: 401 }

/** In how many seconds an empty bucket has one again. */
const untilOne = ({ counted: { limit, window }, resetAfter }: Budget) =>
  Math.ceil(resetAfter - ((limit - 1) * window) / limit)

const refused = (seconds: ReadonlyArray<number>) => new RateLimitExceeded({ retry_after: Math.max(1, ...seconds) })

const budgetsOf = (limits: ReadonlyArray<Counted>, caller: Caller | undefined) =>
  Effect.contextWith((context: Context.Context<Request | HttpServerRequest.ParsedSearchParams>) => {
    const { headers, remoteAddress } = Context.get(context, HttpServerRequest.HttpServerRequest)
    const query = Context.get(context, HttpServerRequest.ParsedSearchParams)
    const asked: Asked = { address: Option.getOrElse(remoteAddress, () => ""), headers, query, caller }
    const budgets = limits.flatMap((counted): Budgets => {
      const key = counted.key?.(asked)
      return key === undefined ? [] : [{ counted, key, remaining: counted.limit, resetAfter: 0 }]
    })
    return Effect.succeed(budgets)
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
  Effect.flatMap(HttpServerRequest.HttpServerRequest, ({ source }) => {
    const before = told.get(source)
    told.set(source, before === undefined ? budgets : [...before, ...budgets])
    return before === undefined ? HttpEffect.appendPreResponseHandler(tell) : Effect.void
  })

/** By request. */
const told = new WeakMap<object, Budgets>()

const tell = ({ source }: Request, response: HttpServerResponse.HttpServerResponse) => {
  if (response.headers["cache-control"]?.startsWith("public") === true) return Effect.succeed(response)
  const budgets = told.get(source) ?? []
  const left = budgets.map(({ counted: { name }, remaining, resetAfter }) =>
    resetAfter > 0 ? `"${name}";r=${remaining};t=${resetAfter}` : `"${name}";r=${remaining}`
  )
  return Effect.succeed(
    HttpServerResponse.setHeaders(response, {
      "ratelimit-policy": budgets.map(({ counted }) => counted.policy).join(", "),
      ratelimit: left.join(", ")
    })
  )
}
