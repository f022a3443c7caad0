import type { PgConnection, PgPool } from "@effect/sql-pg"
import { Effect, type Scope } from "effect"
import { SqlError } from "effect/sql"

const longestWait = "2 seconds"

const none = new SqlError.SqlError({
  reason: new SqlError.ConnectionError({
    cause: new Error("No connection came free in time"),
    message: "No connection came free in time",
    operation: "acquire"
  })
})

/** Connections of a pool of which `most` uses go on at once; whoever comes later waits, and not for long. */
export const lending = (pool: PgPool.PgPool, most: number) => {
  let busy = 0
  const begin = Effect.sync(() => {
    busy++
  })
  const end = () =>
    Effect.sync(() => {
      busy--
    })

  const bounded = <A>(acquire: Effect.Effect<A, SqlError.SqlError, Scope.Scope>) =>
    Effect.suspend(() =>
      busy <= most ? acquire : Effect.timeoutOrElse(acquire, { duration: longestWait, orElse: () => Effect.fail(none) })
    )

  return {
    /** For one statement. */
    use: <A, E>(use: (connection: PgConnection.PgConnection) => Effect.Effect<A, E>) =>
      Effect.acquireUseRelease(
        begin,
        () => (busy <= most ? pool.use(use) : Effect.scoped(Effect.flatMap(bounded(pool.get), use))),
        end
      ),
    /** To the end of the scope, for what has to be alone on it. */
    reserve: Effect.andThen(Effect.acquireRelease(begin, end), bounded(pool.reserve))
  }
}
