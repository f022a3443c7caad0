/** A line before something of which there is only so much, in which nobody stands twice before somebody stood once. */
import { Deferred, Effect, Option } from "effect"
import type { UserId } from "../services/auth/model.ts"
import { Unavailable } from "../services/errors.ts"

/** In seconds: somebody waits for an answer. */
const waitLimit = 25

export type Place = { readonly share: number; readonly user: UserId }

/** Who is called next is called when there is room for all of it, and overtaken by nobody in the meantime. */
export const makeLine = (capacity: number) => {
  let free = capacity
  type Waiter = { readonly share: number; readonly called: Deferred.Deferred<void> }
  const [firsts, nexts] = [new Set<Waiter>(), new Set<Waiter>()]
  /** How many of each user are under way or wait here. */
  const here = new Map<UserId, number>()

  const serve = () => {
    for (;;) {
      const line = firsts.size > 0 ? firsts : nexts
      const [waiter] = line
      if (waiter === undefined || waiter.share > free) return
      line.delete(waiter)
      free -= waiter.share
      Deferred.doneUnsafe(waiter.called, Effect.void)
    }
  }

  /** Waits no longer than a client does, and lets go when the work has ended. */
  return <A, E, R>({ share, user }: Place, work: Effect.Effect<A, E, R>) =>
    Effect.acquireUseRelease(
      Effect.sync(() => {
        const waiter = { share: Math.min(share, capacity), called: Deferred.makeUnsafe<void>() }
        const others = here.get(user) ?? 0
        here.set(user, others + 1)
        const line = others > 0 ? nexts : firsts
        line.add(waiter)
        serve()
        return { waiter, line }
      }),
      Effect.fnUntraced(function* ({ waiter }) {
        const turn = yield* Effect.timeoutOption(Deferred.await(waiter.called), waitLimit * 1000)
        if (Option.isNone(turn)) return yield* new Unavailable({ retry_after: waitLimit })
        return yield* work
      }),
      ({ waiter, line }) =>
        Effect.sync(() => {
          if (!line.delete(waiter)) free += waiter.share
          const others = (here.get(user) ?? 1) - 1
          if (others === 0) here.delete(user)
          else here.set(user, others)
          serve()
        })
    )
}
export type Line = ReturnType<typeof makeLine>
