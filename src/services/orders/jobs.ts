import { Effect } from "effect"
import { jobHandler, jobKind } from "../jobs/Jobs.ts"
import { NoPayload } from "../jobs/schedule.ts"
import { Expiry } from "./Expiry.ts"
import { Guests } from "./Guests.ts"

export const guestsPrune = jobKind({
  name: "guests.prune",
  payload: NoPayload,
  timeLimit: "30 minutes",
  concurrency: 1
})

/** Forgets who made orders that were finished long ago, without an account. */
export const pruneGuests = Effect.map(Guests, ({ prune }) => jobHandler(guestsPrune, () => prune))

export const ordersExpire = jobKind({
  name: "orders.expire",
  payload: NoPayload,
  timeLimit: "30 minutes",
  concurrency: 1
})

/** Cancels what no shop has confirmed in time. */
export const expireOrders = Effect.map(Expiry, ({ run }) => jobHandler(ordersExpire, () => run))
