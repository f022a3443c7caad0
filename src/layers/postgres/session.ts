import type { PgConnection } from "@effect/sql-pg"
import { Effect, Stream } from "effect"
import type { SqlConnection, SqlError } from "effect/sql"

type Asked = { readonly text: string; readonly prepare: boolean }

/** Lends a connection for the time of one statement. */
export type Lend = <A>(
  asked: Asked,
  run: (connection: PgConnection.PgConnection) => Effect.Effect<A, SqlError.SqlError>
) => Effect.Effect<A, SqlError.SqlError>

/**
 * Its rows, and the driver's no more: it keeps what it has answered until nobody waits on that connection, which may be
 * never.
 */
const takenFrom = <Row>(rows: ReadonlyArray<Row>) => (rows as Array<Row>).splice(0)

/** What a client runs its statements on, wherever `lend` takes the connection of each from. */
export const sessionOf = (lend: Lend): SqlConnection.Connection => {
  const rows =
    (prepare: boolean): SqlConnection.Connection["execute"] =>
    (text, params, transform) =>
      Effect.map(
        lend({ text, prepare }, (connection) => connection.query(text, params, prepare)),
        (result) => {
          const own = takenFrom(result.rows)
          return transform === undefined ? own : transform(own)
        }
      )
  const values = (prepare: boolean) => (text: string, params: ReadonlyArray<unknown>) =>
    lend({ text, prepare }, (connection) => connection.queryValues(text, params, prepare))
  return {
    execute: rows(true),
    executeUnprepared: rows(false),
    executeValues: values(true),
    executeValuesUnprepared: values(false),
    executeRaw: (text, params) => lend({ text, prepare: true }, (connection) => connection.query(text, params)),
    executeStream: () => Stream.die("Rows are read by the batch, so that no connection waits for who reads them")
  }
}

/** All on this connection. */
export const sessionOn = (connection: PgConnection.PgConnection) => sessionOf((_, run) => run(connection))
