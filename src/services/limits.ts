/** Who may do how much in what time. */
import { subscriberOf } from "./networks.ts"

export type Asked = {
  /** The client's address. */
  readonly address: string
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly query: Readonly<Record<string, string | ReadonlyArray<string>>>
}

export type Limit = {
  /** As endpoints name it, and as clients read it in the RateLimit header. */
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

export const minutes = 60
export const hours = 60 * minutes

export const bySubscriber = ({ address }: Asked) => subscriberOf(address)
