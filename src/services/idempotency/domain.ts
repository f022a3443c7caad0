import { Effect } from "effect"
import { domain } from "../domain.ts"
import { schedule } from "../jobs/schedule.ts"
import { IdempotencyKeys } from "./IdempotencyKeys.ts"
import { idempotencyPrune, pruneIdempotencyKeys } from "./jobs.ts"
import { limits } from "./limits.ts"

export const idempotency = domain({
  name: "idempotency",
  layer: IdempotencyKeys.layer,
  jobs: Effect.all([pruneIdempotencyKeys]),
  schedules: [schedule(idempotencyPrune, "5 * * * *")],
  limits
})
