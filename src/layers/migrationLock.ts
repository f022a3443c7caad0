import { Cause, Clock, Deferred, Duration, Effect, Exit, Predicate } from "effect"
import { SqlClient, SqlError } from "effect/sql"
import { locks } from "../services/locks.ts"
import { patiently, usualPatience } from "../services/patience.ts"
import { migrationsTable, queueMigrations } from "./ownDatabase.ts"
import { readersWait } from "./Postgres.ts"
import { takeTurn } from "./turn.ts"

/**
 * Who waits to change a table stands before all who come to read it: they are let by before they give up, and then it
 * tries again. Where others are never all gone at once, it asks for more in the end, five times, and readers for less;
 * a second and more is what an autovacuum gives way to. Nobody asks for more of one who stays: a backup reads all tables
 * for as long as it takes.
 */
const shortly = { wait: readersWait / 2, pause: 250 }
const longer = [200, 400, 800, 1200, 1200].map((wait) => ({ wait, pause: 3000 }))
/** Milliseconds until it asks for more, and until it gives up. */
const [soon, late] = [15_000, 45_000]
/** Milliseconds in which every request's transaction has ended. */
const staying = 2 * Duration.toMillis(usualPatience)
const looksEvery = 20

/**
 * Transactions that keep this session waiting, and those of `known` that are not over. An autovacuum is none, for it
 * gives way; everybody may see that it acts for nobody.
 */
const blockers = (sql: SqlClient.SqlClient, session: number, known: ReadonlyArray<string>) =>
  Effect.map(
    sql<{ who: string }>`
      SELECT DISTINCT who FROM pg_locks, LATERAL (SELECT pid || ' ' || virtualtransaction AS who)
      WHERE (pid = ANY (pg_blocking_pids(${session})) OR who = ANY (string_to_array(${known.join()}, ',')))
        AND NOT EXISTS (SELECT FROM pg_stat_activity active WHERE active.pid = pg_locks.pid AND usesysid IS NULL)`,
    (rows) => rows.map(({ who }) => who)
  )

/** Who stands in the way of a session, and whether one of them stays. */
const makeWatch = (sql: SqlClient.SqlClient) => {
  let since: ReadonlyMap<string, number> = new Map()
  const look = Effect.fnUntraced(function* (session: number) {
    const found = yield* blockers(sql, session, [...since.keys()])
    const now = yield* Clock.currentTimeMillis
    since = new Map(found.map((who) => [who, since.get(who) ?? now]))
  })
  return {
    looking: (session: number) => look(session).pipe(Effect.delay(looksEvery), Effect.forever),
    somebodyStays: Effect.map(Clock.currentTimeMillis, (now) =>
      [...since.values()].some((began) => now - began >= staying)
    )
  }
}

const isInUse = (error: unknown): boolean =>
  SqlError.isSqlError(error) ? error.reason._tag === "LockTimeoutError" : error instanceof Error && isInUse(error.cause)

/** Changes the schema in one transaction; processes that start together take turns. */
export const underMigrationLock = <A, E, R>(change: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const watch = makeWatch(sql)
    // Of what others changed while it waited PostgreSQL hears no sooner than it locks a table, if only to read it.
    const attempt = Effect.fnUntraced(function* (wait: number) {
      const session = yield* Deferred.make<number>()
      yield* Effect.forkScoped(Effect.flatMap(Deferred.await(session), watch.looking))
      const own = sql<{ session: number }>`
        SELECT pg_backend_pid() AS session, set_config('lock_timeout', ${`${wait}ms`}, true)`
      return yield* takeTurn(locks.migrations, "is changing the schema of this database").pipe(
        Effect.andThen(own),
        Effect.tap(([row]) => (row === undefined ? Effect.void : Deferred.succeed(session, row.session))),
        Effect.andThen(sql`SELECT FROM pg_class LIMIT 0`),
        Effect.andThen(change),
        patiently(sql, "1 hour", { lock_timeout: "10s" })
      )
    }, Effect.scoped)
    const began = yield* Clock.currentTimeMillis
    const left = [...longer]
    // What took long to do is done again with each try: a migration locks all that it changes before it works.
    for (let isFirst = true; ; isFirst = false) {
      const passed = (yield* Clock.currentTimeMillis) - began
      const [next] = left
      const asksForMore = next !== undefined && passed >= soon && !(yield* watch.somebodyStays)
      const { wait, pause } = asksForMore ? next : shortly
      if (asksForMore) left.shift()
      const ended = yield* Effect.exit(attempt(wait))
      // Migrators wrap what went wrong, or take it for a defect.
      if (Exit.isSuccess(ended) || passed >= late || !isInUse(Cause.squash(ended.cause))) return yield* ended
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
