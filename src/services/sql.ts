import { Context, Effect, Option } from "effect"
import { type SqlClient, SqlError } from "effect/sql"

/** What PostgreSQL says and no caller can act on is a defect. What one can has been caught before. */
export const sqlOrDie = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, Exclude<E, SqlError.SqlError>, R> =>
  Effect.catch(effect, (error) =>
    SqlError.isSqlError(error) ? Effect.die(error) : Effect.fail(error as Exclude<E, SqlError.SqlError>)
  )

/** What is read for all is not read in the transaction of whoever asks first, and does not fail with it. */
export const apart =
  (sql: SqlClient.SqlClient) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.updateContext(
      effect,
      (context: Context.Context<R>) => Context.omit(sql.transactionService)(context) as Context.Context<R>
    )

/** Runs a statement that does at most `size` at a time until it does fewer: how many in all. */
export const inBatches = <E, R>(size: number, batch: Effect.Effect<number, E, R>) =>
  Effect.gen(function* () {
    let done = 0
    for (;;) {
      const count = yield* batch
      done += count
      if (count < size) return done
    }
  })

/** `SET` of an update: the changed columns, and the time of the change. */
export const changesOf = (sql: SqlClient.SqlClient, changes: Readonly<Record<string, unknown>>) =>
  sql.csv([
    ...Object.entries(changes).map(([column, value]) => sql`${sql(column)} = ${value}`),
    sql`updated_at = now()`
  ])

/** A time as clients read it. */
export const utc = (time: string) => `to_char((${time}) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

/** Centimes as dinars. */
export const dinars = (centimes: string) => `round((${centimes}) / 100.0, 2)`

/**
 * For what may fail in PostgreSQL and be tried again: within a transaction it gets a savepoint, as a failed statement
 * would spoil the whole; alone it gets nothing, and costs no round trip.
 */
export const retryable =
  (sql: SqlClient.SqlClient) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E | SqlError.SqlError, R> =>
    Effect.flatMap(Effect.serviceOption(sql.transactionService), (transaction) =>
      Option.isNone(transaction) ? effect : sql.withTransaction(effect)
    )
