/** Everything that is done in the background, as the domains contribute it. */
import { Effect } from "effect"
import { relay } from "../services/events/listeners.ts"
import { domains, eventTypes, listeners } from "./domains.ts"

export { eventTypes, schedules } from "./domains.ts"

/** Each kind once, with what does its work. */
export const handlers = Effect.gen(function* () {
  const jobs = yield* Effect.all(domains.map((domain) => domain.jobs))
  return [...jobs.flat(), yield* relay(eventTypes, listeners), ...listeners.map(({ handler }) => handler)]
})
