/** Who may do how much in what time. */
import type { Caller } from "./auth/model.ts"
import { subscriberOf } from "./networks.ts"

export type Asked = {
  /** The client's address. */
  readonly address: string
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly query: Readonly<Record<string, string | ReadonlyArray<string>>>
  /** Nobody, when it is a guest. */
  readonly caller: Pick<Caller, "id"> | undefined
}

export type Limit = {
  /** As endpoints name it, and as clients read it in the RateLimit header. */
  readonly name: string
  readonly limit: number
  /** In seconds: how long a budget that was used up at once takes to be whole again. */
  readonly window: number
  /**
   * What uses it up: every request, those that found nothing (404), or those whose token was refused (401). The latter
   * bound guessing without touching those who know, however many share an address. Misses that are used up refuse both,
   * or it would tell them apart; a token tells by itself whether it is one.
   */
  readonly counts: "requests" | "misses" | "refusals"
  /** Whose budget it is; where there is nobody, nothing is counted. Without it, the handler knows and takes from it. */
  readonly key?: (asked: Asked) => string | undefined
}

export const minutes = 60
export const hours = 60 * minutes
export const days = 24 * hours

export const bySubscriber = ({ address }: Asked) => subscriberOf(address)
export const byGuest = (asked: Asked) => (asked.caller === undefined ? bySubscriber(asked) : undefined)
export const byUser = ({ caller }: Asked) => caller?.id
