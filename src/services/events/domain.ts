import { Effect } from "effect"
import { domain, stack } from "../domain.ts"
import { schedule } from "../jobs/schedule.ts"
import { ConsumerRecords } from "./ConsumerRecords.ts"
import { Events } from "./Events.ts"
import { eventsPrune, pruneEvents } from "./jobs.ts"

export const events = domain({
  name: "events",
  layer: stack(ConsumerRecords.layer, Events.layer),
  jobs: Effect.all([pruneEvents]),
  schedules: [schedule(eventsPrune, "0 4 * * *")]
})
