import { Effect } from "effect"
import { Unavailable } from "./errors.ts"

// Seconds in which one of them is done, most of the time.
const retry_after = 5

/** Lets so many with one key go on at once, each until its scope closes, and refuses what would be more. */
export const makePlaces = <Key>(most: number) => {
  const underWay = new Map<Key, number>()
  return (key: Key) =>
    Effect.acquireRelease(
      Effect.suspend(() => {
        const others = underWay.get(key) ?? 0
        if (others >= most) return Effect.fail(new Unavailable({ retry_after }))
        underWay.set(key, others + 1)
        return Effect.void
      }),
      () =>
        Effect.sync(() => {
          const others = (underWay.get(key) ?? 1) - 1
          if (others === 0) underWay.delete(key)
          else underWay.set(key, others)
        })
    )
}
