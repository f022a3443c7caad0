import { PgClient } from "@effect/sql-pg"
import { Context, Effect } from "effect"
import { SqlClient, type SqlConnection, SqlError } from "effect/sql"

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

/** A client of the driver's takes no acquirer: its transactions are begun as it begins them, on the connection we choose. */
export const makeClient = (config: PgClient.PgPoolConfig) =>
  Effect.map(PgClient.make(config), (client) =>
    Object.assign(client, {
      withTransaction: SqlClient.makeWithTransaction<SqlClient.TransactionConnection, SqlConnection.Connection>({
        transactionService: client.transactionService,
        spanAttributes: [["db.system.name", "postgresql"]],
        acquireConnection: (restore) => restore(unlessElsewhere(client.reserve)),
        begin: (connection, statement) =>
          statement === undefined
            ? control(connection, "BEGIN")
            : connection.executeUnprepared(statement, [], undefined),
        savepoint: (connection, id) => control(connection, `SAVEPOINT effect_sql_${id}`),
        releaseSavepoint: (connection, id) => control(connection, `RELEASE SAVEPOINT effect_sql_${id}`),
        rollbackSavepoint: (connection, id) => control(connection, `ROLLBACK TO SAVEPOINT effect_sql_${id}`),
        rollback: (connection) => control(connection, "ROLLBACK"),
        commit
      })
    })
  )

const control = (connection: SqlConnection.Connection, statement: string) =>
  Effect.asVoid(connection.execute(statement, [], undefined))

/** PostgreSQL answers ROLLBACK to the COMMIT of a transaction in which something failed. */
const commit = (connection: SqlConnection.Connection) =>
  Effect.flatMap(connection.executeRaw("COMMIT", []), (result) =>
    (result as { readonly command: string }).command === "COMMIT"
      ? Effect.void
      : Effect.fail(
          new SqlError.SqlError({
            reason: new SqlError.UnknownError({
              cause: new Error("The transaction was rolled back as it was to be committed"),
              operation: "commit"
            })
          })
        )
  )
