import { Effect, Schedule } from "effect"
import { SqlClient, SqlError } from "effect/sql"
import { locks } from "../services/locks.ts"
import { patiently } from "../services/patience.ts"
import { takeTurn } from "./turn.ts"

/**
 * Who waits to change a table stands before all who come to read it: they are let by after a second, and then it tries
 * again. A backup reads all tables for as long as it takes.
 */
const tableWait = "1s"
const pause = "3 seconds"
const attempts = 10

const isInUse = (error: unknown) => SqlError.isSqlError(error) && error.reason._tag === "LockTimeoutError"

/** Changes the schema in one transaction; processes that start together take turns. */
export const underMigrationLock = <A, E, R>(change: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    // Of what others changed while it waited PostgreSQL hears no sooner than it locks a table, if only to read it.
    return yield* takeTurn(locks.migrations, "is changing the schema of this database").pipe(
      Effect.andThen(sql`SELECT set_config('lock_timeout', ${tableWait}, true)`),
      Effect.andThen(sql`SELECT FROM pg_class LIMIT 0`),
      Effect.andThen(change),
      patiently(sql, "1 hour", { lock_timeout: "10s" }),
      Effect.tapError((error) => (isInUse(error) ? Effect.logWarning(waiting) : Effect.void)),
      Effect.retry({ while: isInUse, schedule: Schedule.spaced(pause), times: attempts - 1 })
    )
  })

const waiting = "Waiting. Somebody reads or writes what the schema change needs: a backup, or a transaction left open."
