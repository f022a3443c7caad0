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

/** What closes or opens all that a shop has takes long, and there are four connections for such: administrators, who might end that, find one. */
const shopsAtOnce = 2

/** For whoever is none of them. */
export class ShopTurns extends Context.Service<
  ShopTurns,
  { readonly inTurn: <A, E, R>(work: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R> }
>()("zst/ShopTurns") {
  static readonly layer = Layer.sync(ShopTurns, () => ({ inTurn: makeTurns(shopsAtOnce)("all") }))
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
