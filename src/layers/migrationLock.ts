import { Cause, Clock, Effect, Exit, Predicate } from "effect"
import { SqlClient, SqlError } from "effect/sql"
import { locks } from "../services/locks.ts"
import { patiently } from "../services/patience.ts"
import { migrationsTable, queueMigrations } from "./ownDatabase.ts"
import { readersWait } from "./Postgres.ts"
import { takeTurn } from "./turn.ts"

/**
 * Who waits to change a table stands before all who come to read it: they are let by before they give up, and then it
 * tries again, for some 45 seconds. A backup reads all tables for as long as it takes.
 */
const tableWait = `${readersWait / 2}ms`
const pause = "250 millis"
const longest = 45_000

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
    // What took long to do would be done again with each try: a migration locks all that it changes before it works.
    let said = false
    const begun = yield* Clock.currentTimeMillis
    for (;;) {
      const ended = yield* Effect.exit(attempt)
      // Migrators wrap what went wrong, or take it for a defect.
      const isLast = (yield* Clock.currentTimeMillis) - begun > longest
      if (Exit.isSuccess(ended) || isLast || !isInUse(Cause.squash(ended.cause))) return yield* ended
      if (!said) yield* Effect.logWarning(waiting)
      said = true
      yield* Effect.sleep(pause)
    }
  })

const waiting = "Waiting. Somebody reads or writes what the schema change needs: a backup, or a transaction left open."

/**
 * For migrators, which lock their own table against all others, and so would wait for any backup though nothing is to be
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

const theirs: ReadonlySet<unknown> = new Set([migrationsTable, queueMigrations])

const isTableLock = ([strings, table]: ReadonlyArray<unknown>) =>
  Array.isArray(strings) &&
  strings[0] === "LOCK TABLE " &&
  Predicate.hasProperty(table, "value") &&
  theirs.has(table.value)
