import { Effect } from "effect"
import { jobHandler, jobKind } from "../jobs/Jobs.ts"
import { NoPayload } from "../jobs/schedule.ts"
import { Carts } from "./Carts.ts"

export const cartsPrune = jobKind({
  name: "carts.prune",
  payload: NoPayload,
  maxAttempts: 5,
  timeLimit: "30 minutes",
  concurrency: 1
})

/** Drops guests' carts that nobody came back for. */
export const pruneCarts = Effect.map(Carts, ({ prune }) => jobHandler(cartsPrune, () => prune))
