import { Effect, Semaphore } from "effect"
import type { UserId } from "../../services/auth/model.ts"

/** One of a user's requests at a time: what takes long has few connections, and nobody has all of them. */
export const makeUserTurns = () => {
  const turns = new Map<UserId, { readonly turn: Semaphore.Semaphore; waiting: number }>()
  const enter = (user: UserId) =>
    Effect.sync(() => {
      const of = turns.get(user) ?? { turn: Semaphore.makeUnsafe(1), waiting: 0 }
      of.waiting++
      turns.set(user, of)
      return of
    })
  return (user: UserId) =>
    <A, E, R>(work: Effect.Effect<A, E, R>) =>
      Effect.acquireUseRelease(
        enter(user),
        ({ turn }) => turn.withPermit(work),
        (of) =>
          Effect.sync(() => {
            if (--of.waiting === 0) turns.delete(user)
          })
      )
}
