import { Effect } from "effect"
import { jobHandler, jobKind } from "../jobs/Jobs.ts"
import { NoPayload } from "../jobs/schedule.ts"
import { IdempotencyKeys } from "./IdempotencyKeys.ts"

export const idempotencyPrune = jobKind({
  name: "idempotency.prune",
  payload: NoPayload,
  timeLimit: "5 minutes",
  concurrency: 1
})

/** Deletes answers that are kept no longer. */
export const pruneIdempotencyKeys = Effect.map(IdempotencyKeys, ({ prune }) =>
  jobHandler(idempotencyPrune, () => prune)
)
