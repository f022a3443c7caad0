import { type Context, Duration, Effect, Exit, Fiber } from "effect"
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

type Watch<A> = {
  readonly onSilence: () => Effect.Effect<void>
  readonly onEnd: (exit: Exit.Exit<A, SqlError.SqlError>) => void
}

/** Runs a statement in a fiber of its own, which is answered. */
export const watched = <A, R>(
  current: Fiber.Fiber<unknown, unknown>,
  statement: Effect.Effect<A, SqlError.SqlError, R>,
  { onSilence, onEnd }: Watch<A>
) => {
  const fork = Effect.runForkWith(current.context as Context.Context<R>)
  let isSilent = false
  const fiber = fork(statement)
  const giveUp = () => {
    isSilent = true
    fork(Effect.andThen(onSilence(), Fiber.interrupt(fiber)))
  }
  const timer = setTimeout(giveUp, Duration.toMillis(current.getRef(Patience)) + margin)
  fiber.addObserver((exit) => {
    clearTimeout(timer)
    onEnd(isSilent ? Exit.fail(silent) : exit)
  })
  return fiber
}

/**
 * Fails when PostgreSQL does not answer in time: what was sent to a peer that is gone is waited with for a quarter of an
 * hour. The statement has a fiber of its own, since BEGIN and COMMIT cannot be interrupted from within; when it is, the
 * driver gives up a connection whose statement does not end.
 */
export const answered = <A, R>(statement: Effect.Effect<A, SqlError.SqlError, R>) =>
  Effect.withFiber<A, SqlError.SqlError, R>((current) =>
    Effect.callback((resume) =>
      Fiber.interrupt(watched(current, statement, { onSilence: () => Effect.void, onEnd: resume }))
    )
  )
