import { Cause, Clock, Effect, Exit, Predicate } from "effect"
import { SqlClient, SqlError } from "effect/sql"
import { locks } from "../services/locks.ts"
import { patiently } from "../services/patience.ts"
import { migrationsTable, queueMigrations } from "./ownDatabase.ts"
import { readersWait } from "./Postgres.ts"
import { takeTurn } from "./turn.ts"

/**
 * Who waits to change a table stands before all who come to read it: they are let by before they give up, and then it
 * tries again. Where others are never all gone at once, it asks for more in the end, five times, and readers for less;
 * a second and more is what an autovacuum gives way to. A backup reads all tables for as long as it takes, and so nobody
 * asks for more while one is there.
 */
const shortly = { wait: readersWait / 2, pause: 250 }
const longer = [200, 400, 800, 1200, 1200].map((wait) => ({ wait, pause: 3000 }))
/** Milliseconds until it asks for more, and until it gives up. */
const [soon, late] = [15_000, 45_000]

/** Whether somebody has read or written tables of this database for so long already, and so may go on for longer. */
const isHeld = Effect.fnUntraced(function* (sql: SqlClient.SqlClient, milliseconds: number) {
  const [row] = yield* sql<{ held: boolean }>`
    SELECT EXISTS (
      SELECT FROM pg_locks l JOIN pg_stat_activity a USING (pid)
      WHERE l.locktype = 'relation' AND l.granted AND l.relation >= 16384
        AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND a.backend_type = 'client backend' AND a.xact_start < now() - ${milliseconds} * interval '1 millisecond'
    ) AS held`
  return row?.held === true
})

const isInUse = (error: unknown): boolean =>
  SqlError.isSqlError(error) ? error.reason._tag === "LockTimeoutError" : error instanceof Error && isInUse(error.cause)

/** Changes the schema in one transaction; processes that start together take turns. */
export const underMigrationLock = <A, E, R>(change: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    // Of what others changed while it waited PostgreSQL hears no sooner than it locks a table, if only to read it.
    const attempt = (wait: number) =>
      takeTurn(locks.migrations, "is changing the schema of this database").pipe(
        Effect.andThen(sql`SELECT set_config('lock_timeout', ${`${wait}ms`}, true)`),
        Effect.andThen(sql`SELECT FROM pg_class LIMIT 0`),
        Effect.andThen(change),
        patiently(sql, "1 hour", { lock_timeout: "10s" })
      )
    const began = yield* Clock.currentTimeMillis
    const left = [...longer]
    // What took long to do is done again with each try: a migration locks all that it changes before it works.
    for (let isFirst = true; ; isFirst = false) {
      const passed = (yield* Clock.currentTimeMillis) - began
      const [next] = left
      const asksForMore = next !== undefined && passed >= soon && !(yield* isHeld(sql, next.wait))
      const { wait, pause } = asksForMore ? next : shortly
      if (asksForMore) left.shift()
      const ended = yield* Effect.exit(attempt(wait))
      // Migrators wrap what went wrong, or take it for a defect.
      const isLast = left.length === 0 || passed >= late
      if (Exit.isSuccess(ended) || isLast || !isInUse(Cause.squash(ended.cause))) return yield* ended
      if (isFirst) yield* Effect.logWarning(waiting)
      yield* Effect.sleep(pause)
    }
  })

const waiting =
  "Waiting. Others read or write what the schema change needs: people, a backup, or a transaction left open."

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
