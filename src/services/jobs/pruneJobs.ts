import { Duration, Effect } from "effect"
import { PersistedQueue } from "effect/persistence"
import { Inbox } from "./Inbox.ts"
import { jobHandler, jobKind } from "./Jobs.ts"
import { NoPayload } from "./schedule.ts"

/** How long the id of what was done is remembered: longer than the rarest schedule's period, or a slot would run twice. */
export const doneKeptFor = Duration.days(30)

export const jobsPrune = jobKind({
  name: "jobs.prune",
  payload: NoPayload,
  maxAttempts: 5,
  timeLimit: "5 minutes",
  concurrency: 1
})

/** Forgets what was done long ago. Dead letters stay until an operator decides. */
export const pruneJobs = Effect.gen(function* () {
  const store = yield* PersistedQueue.PersistedQueueStore
  const inbox = yield* Inbox
  return jobHandler(jobsPrune, () =>
    Effect.andThen(store.cleanup({ timeToLive: doneKeptFor, failedTimeToLive: undefined }), inbox.prune)
  )
})
