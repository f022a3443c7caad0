import { Context, Effect, identity, Layer, Semaphore } from "effect"
import { Settings } from "../../layers/Settings.ts"

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

/** Of one caller: lists and searches have few connections for all, and some take long. */
const listsAtOnce = 2

/**
 * Who leaves or comes back waits for all that they have begun, and all that a shop has takes long. There are eight
 * connections for such: administrators, who might end that, find some, and nobody without a shop waits for large ones.
 */
const leavingAtOnce = 2

/** For whoever is no administrator. */
export class LeavingTurns extends Context.Service<
  LeavingTurns,
  { readonly inTurn: (of: "shops" | "people") => <A, E, R>(work: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R> }
>()("zst/LeavingTurns") {
  static readonly layer = Layer.sync(LeavingTurns, () => ({ inTurn: makeTurns(leavingAtOnce) }))
}

/** Lets two lists of one user, or of one network where nobody has signed in, be read at a time; others wait. */
export class ListTurns extends Context.Service<
  ListTurns,
  { readonly inTurn: (key: string) => <A, E, R>(list: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R> }
>()("zst/ListTurns") {
  static readonly layer = Layer.effect(
    ListTurns,
    Effect.map(Settings, ({ rateLimits }) => ({
      inTurn: rateLimits === "off" ? () => identity : makeTurns<string>(listsAtOnce)
    }))
  )
}
