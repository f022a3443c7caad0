import { type Duration, Effect } from "effect"
import { type SqlConnection, SqlError } from "effect/sql"

const silent = new SqlError.SqlError({
  reason: new SqlError.ConnectionError({
    cause: new Error("PostgreSQL did not answer in time"),
    message: "PostgreSQL did not answer in time",
    operation: "execute"
  })
})

/**
 * Fails when PostgreSQL does not answer in time: what was sent to a peer that is gone is waited with for a quarter of an
 * hour. The driver gives a connection up whose statement does not end when it is interrupted.
 */
export const answered = <A, R>(statement: Effect.Effect<A, SqlError.SqlError, R>, within: Duration.Input) =>
  Effect.timeoutOrElse(statement, { duration: within, orElse: () => Effect.fail(silent) })

/** A connection each of whose statements must be answered in time, BEGIN and COMMIT among them. */
export const answering = (connection: SqlConnection.Connection, within: Duration.Input): SqlConnection.Connection => ({
  execute: (...args) => answered(connection.execute(...args), within),
  executeRaw: (...args) => answered(connection.executeRaw(...args), within),
  executeValues: (...args) => answered(connection.executeValues(...args), within),
  executeValuesUnprepared: (...args) => answered(connection.executeValuesUnprepared(...args), within),
  executeUnprepared: (...args) => answered(connection.executeUnprepared(...args), within),
  executeStream: (...args) => connection.executeStream(...args)
})
