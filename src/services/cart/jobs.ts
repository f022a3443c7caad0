import { Effect } from "effect"
import { jobHandler, jobKind } from "../jobs/Jobs.ts"
import { NoPayload } from "../jobs/schedule.ts"
import { GuestCarts } from "./GuestCarts.ts"

export const cartsPrune = jobKind({
  name: "carts.prune",
  payload: NoPayload,
  timeLimit: "30 minutes",
  concurrency: 1
})

/** Drops guests' carts that nobody came back for. */
export const pruneCarts = Effect.map(GuestCarts, ({ prune }) => jobHandler(cartsPrune, () => prune))
