import { Option, Schema } from "effect"
import { type Asked, byGuest, bySubscriber, hours, type Limit, minutes } from "../limits.ts"
import { numberOf } from "./orderNumber.ts"
import { TrackOrder } from "./requests.ts"

const trackedBy = Schema.decodeUnknownOption(TrackOrder)
const tracked = ({ query }: Asked) => Option.getOrUndefined(trackedBy(query))

export const limits: ReadonlyArray<Limit> = [
  // Orders that nobody means to pay for empty a shop's stock. Many phones share an address; few order for others.
  { name: "guest-orders", limit: 300, window: 1 * hours, counts: "requests", key: byGuest },
  { name: "guest-orders-phone", limit: 20, window: 1 * hours, counts: "requests" },
  // An account costs nothing either; who buys for others has them in a hundred lines each.
  { name: "orders-of-user", limit: 60, window: 1 * hours, counts: "requests" },
  // Guesses at which number belongs to which phone.
  { name: "track-address", limit: 20, window: 10 * minutes, counts: "misses", key: bySubscriber },
  { name: "track-phone", limit: 20, window: 1 * hours, counts: "misses", key: (asked) => tracked(asked)?.phone },
  {
    name: "track-number",
    limit: 20,
    window: 1 * hours,
    counts: "misses",
    key: (asked) => numberOf(tracked(asked)?.number ?? "")
  },
  // A token of 128 bits is not guessed; this only keeps those who try from wasting the database's time.
  {
    name: "order-token",
    limit: 100,
    window: 10 * minutes,
    counts: "misses",
    key: (asked) => (asked.headers["x-order-token"] === undefined ? undefined : bySubscriber(asked))
  }
]
