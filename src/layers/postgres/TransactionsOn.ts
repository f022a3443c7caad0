import { Context, Effect } from "effect"
import type { SqlClient, SqlConnection } from "effect/sql"

/**
 * Whence a transaction that begins here has its connection, when not from the pool of the client. It is a transaction of
 * that client all the same: what is called in it finds it, and may begin one within.
 */
export const TransactionsOn = Context.Reference<SqlConnection.Acquirer | undefined>("zst/TransactionsOn", {
  defaultValue: () => undefined
})

/** For `transactionAcquirer`. */
export const unlessElsewhere = (acquirer: SqlConnection.Acquirer): SqlConnection.Acquirer =>
  Effect.flatMap(TransactionsOn, (elsewhere) => elsewhere ?? acquirer)

/** Begins a transaction on a connection of `acquirer`; what it leaves behind is on its own again. */
export const transactionOn =
  (sql: SqlClient.SqlClient, acquirer: SqlConnection.Acquirer) =>
  <A, E, R>(work: Effect.Effect<A, E, R>) =>
    sql
      .withTransaction(Effect.provideService(work, TransactionsOn, undefined))
      .pipe(Effect.provideService(TransactionsOn, acquirer))
