/** Who may do how much in what time. */
import { Context, Option, Schema } from "effect"
import type { Headers } from "effect/http"
import { subscriberOf } from "../../layers/networks.ts"
import { numberOf } from "../../services/orders/credentials.ts"
import { TrackOrder } from "../../services/orders/model.ts"

export type Asked = {
  /** The client's address. */
  readonly address: string
  readonly headers: Headers.Headers
  readonly query: Readonly<Record<string, string | ReadonlyArray<string>>>
}

export type Limit = {
  /** As clients read it in the RateLimit header. */
  readonly name: string
  readonly limit: number
  /** In seconds: how long a budget that was used up at once takes to be whole again. */
  readonly window: number
  /**
   * What uses it up: every request, or those that found nothing (404). The latter bounds guessing without touching
   * those who know, however many share an address; when it is used up it refuses both, or it would tell them apart.
   */
  readonly counts: "requests" | "misses"
  /** Whose budget it is; where there is nobody, nothing is counted. */
  readonly key: (asked: Asked) => string | undefined
}

/** The limits of an endpoint that the middleware RateLimits is on. */
export const Limits = Context.Reference<ReadonlyArray<Limit>>("zst/Limits", { defaultValue: () => [] })

const minutes = 60
const hours = 60 * minutes

const bySubscriber = ({ address }: Asked) => subscriberOf(address)

const trackedBy = Schema.decodeUnknownOption(TrackOrder)
const tracked = ({ query }: Asked) => Option.getOrUndefined(trackedBy(query))

/** Guesses at which number belongs to which phone. */
export const tracking: ReadonlyArray<Limit> = [
  { name: "track-address", limit: 20, window: 10 * minutes, counts: "misses", key: bySubscriber },
  { name: "track-phone", limit: 20, window: 1 * hours, counts: "misses", key: (asked) => tracked(asked)?.phone },
  {
    name: "track-number",
    limit: 20,
    window: 1 * hours,
    counts: "misses",
    key: (asked) => numberOf(tracked(asked)?.number ?? "")
  }
]

/** A token of 128 bits is not guessed; this only keeps those who try from wasting the database's time. */
export const orderTokens: ReadonlyArray<Limit> = [
  {
    name: "order-token",
    limit: 100,
    window: 10 * minutes,
    counts: "misses",
    key: (asked) => (asked.headers["x-order-token"] === undefined ? undefined : bySubscriber(asked))
  }
]
