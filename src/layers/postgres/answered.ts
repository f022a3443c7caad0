import { type Context, Duration, Effect, Fiber } from "effect"
import { SqlError } from "effect/sql"
import { Patience } from "../../services/patience.ts"

/** PostgreSQL ends a statement itself that takes too long: it is waited for a little longer than that. */
const margin = 2000

const silent = new SqlError.SqlError({
  reason: new SqlError.ConnectionError({
    cause: new Error("PostgreSQL did not answer in time"),
    message: "PostgreSQL did not answer in time",
    operation: "execute"
  })
})

/**
 * Fails when PostgreSQL does not answer in time: what was sent to a peer that is gone is waited with for a quarter of an
 * hour. The statement has a fiber of its own, since BEGIN and COMMIT cannot be interrupted from within; when it is, the
 * driver gives up a connection whose statement does not end.
 */
export const answered = <A, R>(statement: Effect.Effect<A, SqlError.SqlError, R>, onSilence = Effect.void) =>
  Effect.withFiber<A, SqlError.SqlError, R>((current) =>
    Effect.callback((resume) => {
      const fork = Effect.runForkWith(current.context as Context.Context<R>)
      const fiber = fork(statement)
      const giveUp = Effect.andThen(onSilence, Fiber.interrupt(fiber))
      const timer = setTimeout(
        () => {
          isSilent = true
          fork(giveUp)
        },
        Duration.toMillis(current.getRef(Patience)) + margin
      )
      let isSilent = false
      fiber.addObserver((exit) => {
        clearTimeout(timer)
        resume(isSilent ? Effect.fail(silent) : exit)
      })
      return Fiber.interrupt(fiber)
    })
  )
