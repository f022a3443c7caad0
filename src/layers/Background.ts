/** Everything that is done in the background, as the domains contribute it. */
import { Effect } from "effect"
import { domains } from "./domains.ts"

export { consumers, eventTypes, schedules } from "./domains.ts"

/** Each kind once, with what does its work. */
export const handlers = Effect.map(Effect.all(domains.map((domain) => domain.jobs)), (jobs) => jobs.flat())
