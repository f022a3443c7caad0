import { Effect, Option, type Semaphore } from "effect"
import { Unavailable } from "../services/errors.ts"

/** In seconds: somebody waits for an answer. */
const waitLimit = 25

/** Waits for so many permits, and no longer than a client does; they are given back when the work has ended. */
export const queueUp = <A, E, R>(turns: Semaphore.Semaphore, permits: number, work: Effect.Effect<A, E, R>) =>
  Effect.uninterruptibleMask((restore) =>
    Effect.gen(function* () {
      const turn = yield* restore(Effect.timeoutOption(turns.take(permits), waitLimit * 1000))
      if (Option.isNone(turn)) return yield* new Unavailable({ retry_after: waitLimit })
      return yield* Effect.ensuring(restore(work), turns.release(permits))
    })
  )
