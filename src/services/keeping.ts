/** What is kept of what was asked for. A cache keeps failures as well unless told: here whoever asks next tries again. */
import { Duration, Effect, Exit } from "effect"

/** For a cache by keys: its time to live. */
export const successesFor =
  (time: Duration.Input) =>
  <A, E>(exit: Exit.Exit<A, E>) =>
    Exit.isSuccess(exit) ? time : Duration.zero

/** What the effect answers, asked again after this time. */
export const keptFor = <A, E, R>(effect: Effect.Effect<A, E, R>, time: Duration.Input) =>
  Effect.cachedWithTTL(effect, (exit: Exit.Exit<A, E>) => successesFor(time)(exit))

/** What the effect answers first. */
export const keptOnceDone = <A, E, R>(effect: Effect.Effect<A, E, R>) => keptFor(effect, Duration.infinity)
