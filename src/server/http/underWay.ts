import { Effect, Latch, Scope } from "effect"

/**
 * Requests that have begun and not ended, by their number. One scope of them all would be a map that each enters and
 * leaves: V8 keeps what stood in the former tables of such a map until it looks through everything.
 */
export const requestsUnderWay = () => {
  const none = Latch.makeUnsafe(true)
  let count = 0
  const end = Effect.sync(() => {
    if (--count === 0) none.openUnsafe()
  })
  return {
    counted: <A, E, R>(app: Effect.Effect<A, E, R>) =>
      Effect.suspend(() => {
        if (count++ === 0) none.closeUnsafe()
        return Effect.ensuring(app, end)
      }),
    /** For `NodeHttpServer.makeHandler`: each has its own. Who closes the connections interrupts them. */
    get scope() {
      return Scope.makeUnsafe()
    },
    ended: none.await
  }
}
