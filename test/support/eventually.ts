import { setTimeout } from "node:timers/promises"
import { Effect } from "effect"

/** Of the real clock: what is waited for needs the processor meanwhile. */
const moment = Effect.promise(() => setTimeout(10))

/** Looks until what it sees `holds`, and answers that. */
export const eventually = <A, E, R>(
  look: Effect.Effect<A, E, R>,
  holds: (seen: A) => boolean
): Effect.Effect<A, E, R> =>
  Effect.flatMap(look, (seen) => (holds(seen) ? Effect.succeed(seen) : Effect.andThen(moment, eventually(look, holds))))
