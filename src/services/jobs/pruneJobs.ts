import { Duration, Effect } from "effect"
import { PersistedQueue } from "effect/persistence"
import { Inbox } from "./Inbox.ts"
import { JobRecords } from "./JobRecords.ts"
import { jobHandler, jobKind } from "./Jobs.ts"
import { NoPayload } from "./schedule.ts"

/** How long the id of what was done is remembered: longer than the rarest schedule's period, or a slot would run twice. */
export const doneKeptFor = Duration.days(30)

export const jobsPrune = jobKind({
  name: "jobs.prune",
  payload: NoPayload,
  timeLimit: "5 minutes",
  concurrency: 1
})

/** An operator's time to decide; shorter than the inbox knows what the job has done (Inbox.ts). */
export const deadKeptFor = Duration.days(60)

/** Forgets what was done or given up long ago. */
export const pruneJobs = Effect.gen(function* () {
  const store = yield* PersistedQueue.PersistedQueueStore
  const records = yield* JobRecords
  const inbox = yield* Inbox
  return jobHandler(jobsPrune, () =>
    store
      .cleanup({ timeToLive: doneKeptFor, failedTimeToLive: deadKeptFor })
      .pipe(Effect.andThen(records.forgetBusy), Effect.andThen(inbox.prune))
  )
})
