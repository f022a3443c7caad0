import { Cause, Effect, Exit } from "effect"
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

const isInUse = (error: unknown): boolean =>
  SqlError.isSqlError(error) ? error.reason._tag === "LockTimeoutError" : error instanceof Error && isInUse(error.cause)

/** Changes the schema in one transaction; processes that start together take turns. */
export const underMigrationLock = <A, E, R>(change: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    // Of what others changed while it waited PostgreSQL hears no sooner than it locks a table, if only to read it.
    const attempt = takeTurn(locks.migrations, "is changing the schema of this database").pipe(
      Effect.andThen(sql`SELECT set_config('lock_timeout', ${tableWait}, true)`),
      Effect.andThen(sql`SELECT FROM pg_class LIMIT 0`),
      Effect.andThen(change),
      patiently(sql, "1 hour", { lock_timeout: "10s" })
    )
    for (let left = attempts; ; left--) {
      const ended = yield* Effect.exit(attempt)
      // Migrators wrap what went wrong, or take it for a defect.
      if (Exit.isSuccess(ended) || left === 1 || !isInUse(Cause.squash(ended.cause))) return yield* ended
      yield* Effect.logWarning(waiting)
      yield* Effect.sleep(pause)
    }
  })

const waiting = "Waiting. Somebody reads or writes what the schema change needs: a backup, or a transaction left open."

/**
 * For migrators, which lock their table against all others, and so would wait for any backup though nothing is to be
 * changed: ours have taken turns already.
 */
export const withoutTableLock = <A, E, R>(work: Effect.Effect<A, E, R>) =>
  Effect.updateService(
    work,
    SqlClient.SqlClient,
    (sql) =>
      new Proxy(sql, {
        apply: (target, self, args) =>
          isTableLock(args)
            ? Effect.succeed([])
            : Reflect.apply(target as (...all: ReadonlyArray<unknown>) => unknown, self, args)
      })
  )

const isTableLock = ([strings]: ReadonlyArray<unknown>) => Array.isArray(strings) && strings[0] === "LOCK TABLE "
