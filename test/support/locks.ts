import { Deferred, Effect, Fiber } from "effect"
import { SqlClient } from "effect/sql"
import { eventually } from "./eventually.ts"

/** Until so many statements of this database wait for a lock that somebody holds. */
export const waiting = Effect.fnUntraced(function* (count: number) {
  const sql = yield* SqlClient.SqlClient
  // Within a transaction the view would stay as it was when it was first looked at.
  const look = Effect.andThen(
    sql`SELECT pg_stat_clear_snapshot()`,
    sql`SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
  )
  yield* eventually(look, (rows) => rows.length >= count)
})

/** What `meanwhile` does, while a transaction beside it has done `first` and not committed. */
export const whileHeld = Effect.fnUntraced(function* <E, R, A, E2, R2>(
  first: Effect.Effect<unknown, E, R>,
  meanwhile: Effect.Effect<A, E2, R2>
) {
  const sql = yield* SqlClient.SqlClient
  const [held, release] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
  const hold = Effect.andThen(Effect.andThen(first, Deferred.succeed(held, undefined)), Deferred.await(release))
  const holder = yield* Effect.forkChild(sql.withTransaction(hold))
  yield* Deferred.await(held)
  // Also when it fails: whoever ends what waits may wait for them.
  const letGo = Effect.andThen(Deferred.succeed(release, undefined), Fiber.await(holder))
  const result = yield* Effect.ensuring(meanwhile, letGo)
  yield* Fiber.join(holder)
  return result
})
