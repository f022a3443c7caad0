import { Effect } from "effect"
import type { UserId } from "../services/auth/model.ts"
import { Unavailable } from "../services/errors.ts"

// Seconds in which one of them is done, most of the time.
const retry_after = 5

/** Refuses what would be more than so many of a user at once. */
export const makePerUser = (most: number) => {
  const underWay = new Map<UserId, number>()
  return <A, E, R>(user: UserId, work: Effect.Effect<A, E, R>) =>
    Effect.acquireUseRelease(
      Effect.suspend(() => {
        const others = underWay.get(user) ?? 0
        if (others >= most) return Effect.fail(new Unavailable({ retry_after }))
        underWay.set(user, others + 1)
        return Effect.void
      }),
      () => work,
      () =>
        Effect.sync(() => {
          const others = (underWay.get(user) ?? 1) - 1
          if (others === 0) underWay.delete(user)
          else underWay.set(user, others)
        })
    )
}
