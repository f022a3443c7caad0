import { Effect } from "effect"
import { domain } from "../domain.ts"
import { Inbox } from "./Inbox.ts"
import { jobsPrune, pruneJobs } from "./pruneJobs.ts"
import { schedule } from "./schedule.ts"

export const jobs = domain({
  name: "jobs",
  layer: Inbox.layer,
  jobs: Effect.all([pruneJobs]),
  schedules: [schedule(jobsPrune, "15 * * * *")]
})
