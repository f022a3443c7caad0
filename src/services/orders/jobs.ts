import { Effect } from "effect"
import { jobHandler, jobKind } from "../jobs/Jobs.ts"
import { NoPayload } from "../jobs/schedule.ts"
import { Guests } from "./Guests.ts"

export const guestsPrune = jobKind({
  name: "guests.prune",
  payload: NoPayload,
  maxAttempts: 5,
  timeLimit: "30 minutes",
  concurrency: 1
})

/** Forgets who made orders that were finished long ago, without an account. */
export const pruneGuests = Effect.map(Guests, ({ prune }) => jobHandler(guestsPrune, () => prune))
