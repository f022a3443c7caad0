import { Effect, Predicate } from "effect"

const busy = new Set(["LockTimeoutError", "StatementTimeoutError", "ConnectionError"])

const isBusy = (defect: unknown) =>
  Predicate.hasProperty(defect, "reason") &&
  Predicate.hasProperty(defect.reason, "_tag") &&
  busy.has(String(defect.reason._tag))

/** As a client asks again after a 503: what waited too long, on a machine that is busy with something else, did nothing. */
export const untilServed = <A, E, R>(work: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.catchDefect(work, (defect) => (isBusy(defect) ? untilServed(work) : Effect.die(defect)))
