import { Deferred, Effect } from "effect"

/**
 * Runs work once for all who ask for the same key while it is under way. It belongs to the scope, so it goes on when
 * whoever asked first goes away.
 */
export const makeSharing = <A, E>() =>
  Effect.map(Effect.scope, (scope) => {
    const underWay = new Map<string, Deferred.Deferred<A, E>>()

    const joinOrBegin = (key: string, work: Effect.Effect<A, E>) =>
      Effect.suspend(() => {
        const begun = underWay.get(key)
        if (begun !== undefined) return Effect.succeed(begun)
        const outcome = Deferred.makeUnsafe<A, E>()
        underWay.set(key, outcome)
        return work.pipe(
          Effect.ensuring(Effect.sync(() => underWay.delete(key))),
          Deferred.into(outcome),
          Effect.forkIn(scope),
          Effect.as(outcome)
        )
      })

    return (key: string, work: Effect.Effect<A, E>): Effect.Effect<A, E> =>
      Effect.flatMap(Effect.uninterruptible(joinOrBegin(key, work)), Deferred.await)
  })
