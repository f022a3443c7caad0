import { Effect, Semaphore } from "effect"

/** So many at a time of what has the same key, in the order they came: what takes long has few connections, and nobody has all of them. */
export const makeTurns = <Key>(atOnce: number) => {
  const turns = new Map<Key, { readonly places: Semaphore.Semaphore; asking: number }>()
  const enter = (key: Key) =>
    Effect.sync(() => {
      const of = turns.get(key) ?? { places: Semaphore.makeUnsafe(atOnce), asking: 0 }
      of.asking++
      turns.set(key, of)
      return of
    })
  return (key: Key) =>
    <A, E, R>(work: Effect.Effect<A, E, R>) =>
      Effect.acquireUseRelease(
        enter(key),
        ({ places }) => places.withPermit(work),
        (of) =>
          Effect.sync(() => {
            if (--of.asking === 0) turns.delete(key)
          })
      )
}
