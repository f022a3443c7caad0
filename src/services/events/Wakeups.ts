import { Cause, Context, Effect, Layer, Queue } from "effect"
import { SqlClient } from "effect/sql"
import type { EventType } from "./eventType.ts"

export const wakeupChannel = "zst_events"

/** Notifications are committed one after the other in the whole server: a process sends 200 a second at most. */
const pauseBetweenNotifications = "5 millis"

/** Tells who reads the log that there is more of it. Nothing is lost with a wake-up: they look every second anyway. */
export class Wakeups extends Context.Service<
  Wakeups,
  {
    /** Wakes this process at once and others by a notification, unless nobody consumes this type. */
    readonly wake: (type: EventType) => Effect.Effect<void>
    /** Wakes this process. */
    readonly wakeHere: Effect.Effect<void>
    /** Waits until this process was woken since the last time. */
    readonly woken: Effect.Effect<void>
  }
>()("zst/events/Wakeups") {
  static readonly layer = (consumers: ReadonlyArray<{ readonly types: ReadonlyArray<EventType> }>) =>
    Layer.effect(
      Wakeups,
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const here = yield* Queue.sliding<void>(1)
        const elsewhere = yield* Queue.sliding<void>(1)
        const consumed = new Set(consumers.flatMap(({ types }) => types.map(({ name }) => name)))

        // What says that there is something need not survive a crash: its commit waits for no disk.
        const notify = sql`
          SELECT set_config('synchronous_commit', 'off', true), pg_notify(${wakeupChannel}, '')`.pipe(
          Effect.tapCause((cause) => Effect.logDebug("other processes were not woken", cause)),
          Effect.catchCause((cause) => (Cause.hasInterruptsOnly(cause) ? Effect.interrupt : Effect.void))
        )
        yield* Queue.take(elsewhere).pipe(
          Effect.andThen(notify),
          Effect.andThen(Effect.sleep(pauseBetweenNotifications)),
          Effect.forever,
          Effect.forkScoped
        )

        const wakeHere = Effect.sync(() => {
          Queue.offerUnsafe(here, undefined)
        })
        const wake = ({ name }: EventType) =>
          consumed.has(name)
            ? Effect.sync(() => {
                Queue.offerUnsafe(here, undefined)
                Queue.offerUnsafe(elsewhere, undefined)
              })
            : Effect.void

        return Wakeups.of({ wake, wakeHere, woken: Queue.take(here) })
      })
    )
}
