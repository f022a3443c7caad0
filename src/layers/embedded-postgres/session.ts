import type { PgConnection } from "@effect/sql-pg"
import { Effect, Exit, Queue, Ref, Scope } from "effect"
import { pause } from "./system.ts"

export type Connection = PgConnection.PgConnection

/** Session locks: PostgreSQL drops them with the connection, however its process ends. */
const LOCK_SPACE = 0x7a7374
export const LEASE = `(${LOCK_SPACE}, 1)`
export const SERVER = `(${LOCK_SPACE}, 2)`

export const tryLock = (connection: Connection, call: string) =>
  Effect.map(connection.query(`SELECT ${call} AS taken`, [], false), ({ rows }) => rows[0]?.taken === true)

/**
 * Keeps a session, and with it the locks that `open` took, until the scope closes; a session that is lost (PostgreSQL
 * crashed or was killed) is opened again. `leave` gets the last one while it is still connected.
 */
export const keepSession = Effect.fnUntraced(function* <A extends { readonly connection: Connection }, E extends Error>(
  open: Effect.Effect<A, E, Scope.Scope>,
  leave: (session: A) => Effect.Effect<void>
) {
  const inOwnScope = Effect.uninterruptibleMask((restore) =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const session = yield* restore(Scope.provide(open, scope)).pipe(
        Effect.onError((cause) => Scope.close(scope, Exit.failCause(cause)))
      )
      return { session, close: Scope.close(scope, Exit.void) }
    })
  )
  const current = yield* Effect.acquireRelease(
    Effect.flatMap(inOwnScope, Ref.make),
    (ref) => Effect.flatMap(Ref.get(ref), ({ session, close }) => Effect.andThen(leave(session), close)),
    { interruptible: true }
  )
  const replace = Effect.uninterruptibleMask((restore) =>
    Effect.gen(function* () {
      const lost = yield* Ref.get(current)
      yield* Ref.set(current, yield* restore(inOwnScope))
      yield* lost.close
    })
  )
  const watch = Effect.gen(function* () {
    const { session } = yield* Ref.get(current)
    yield* untilLost(session.connection)
    const { applicationName } = session.connection.config
    yield* Effect.logWarning(`PostgreSQL went away (${applicationName}): connecting again`)
    yield* retrying(replace)
    yield* Effect.logInfo(`PostgreSQL is back (${applicationName})`)
  })
  yield* Effect.forkScoped(Effect.forever(watch))
  return (yield* Ref.get(current)).session
})

/** A listening session hears at once that its server is gone; an idle one would notice only when next used. */
const untilLost = (connection: Connection) =>
  connection.listen("zst_session").pipe(
    Effect.flatMap((queue) => Effect.forever(Queue.take(queue))),
    Effect.scoped,
    Effect.ignore
  )

const retrying = <E extends Error>(effect: Effect.Effect<void, E>): Effect.Effect<void> =>
  Effect.catch(effect, (error) =>
    Effect.logError(error.message).pipe(
      Effect.andThen(pause(1000)),
      Effect.andThen(Effect.suspend(() => retrying(effect)))
    )
  )
