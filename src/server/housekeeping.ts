/** What a server does now and then beside answering: deleting what is too old to be of use. */
import { Cause, Effect, Schedule } from "effect"
import { ClerkEvents } from "../services/auth/ClerkEvents.ts"
import { IdempotencyKeys } from "../services/idempotency/IdempotencyKeys.ts"
import { LocalObjects } from "../services/media/LocalObjects.ts"

export type Chore = {
  readonly name: string
  /** Deletes, in batches, and says how much. Every process runs it, also at the same time as another. */
  readonly prune: Effect.Effect<number>
}

/** Not while a server starts, when there is enough to do. */
const first = "30 seconds"
const every = "1 hour"

const once = ({ name, prune }: Chore) =>
  prune.pipe(
    Effect.flatMap((pruned) => Effect.logDebug("pruned", { name, pruned })),
    Effect.catchCause((cause) =>
      Cause.hasInterruptsOnly(cause)
        ? Effect.interrupt
        : Effect.logError("pruning failed; it is tried again in an hour", cause).pipe(Effect.annotateLogs({ name }))
    )
  )

/** Runs the chores one after the other, soon and then every hour, until it is interrupted. */
export const housekeeping = (chores: ReadonlyArray<Chore>) =>
  Effect.forEach(chores, once, { discard: true }).pipe(Effect.repeat(Schedule.spaced(every)), Effect.delay(first))

/** Everything that is pruned. */
export const chores = Effect.gen(function* () {
  const all: ReadonlyArray<Chore> = [
    { name: "idempotency keys", prune: (yield* IdempotencyKeys).prune },
    { name: "webhook messages", prune: (yield* ClerkEvents).prune },
    { name: "objects that were cut off", prune: (yield* LocalObjects).prune }
  ]
  return all
})
