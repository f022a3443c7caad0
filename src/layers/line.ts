/** A line before something of which there is only so much, in which nobody stands twice before somebody stood once. */
import { Deferred, Effect, Option } from "effect"
import { Unavailable } from "../services/errors.ts"

/** In seconds: somebody waits for an answer. */
const waitLimit = 25

export type Place = {
  readonly share: number
  /** Whether another one of the same user is under way or waits: it comes behind everybody's first. */
  readonly isNext: boolean
}

/** Who is called next is called when there is room for all of it, and overtaken by nobody in the meantime. */
export const makeLine = (capacity: number) => {
  let free = capacity
  type Waiter = { readonly share: number; readonly called: Deferred.Deferred<void> }
  const [firsts, nexts] = [new Set<Waiter>(), new Set<Waiter>()]

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
  return <A, E, R>({ share, isNext }: Place, work: Effect.Effect<A, E, R>) =>
    Effect.acquireUseRelease(
      Effect.sync(() => {
        const waiter = { share: Math.min(share, capacity), called: Deferred.makeUnsafe<void>() }
        const line = isNext ? nexts : firsts
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
          serve()
        })
    )
}
export type Line = ReturnType<typeof makeLine>
