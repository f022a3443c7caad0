/** What becomes of a request that could read nothing more once what it did is committed. */
import { Deferred, Effect, Fiber } from "effect"
import { SqlClient, type Statement } from "effect/sql"
import { eventually } from "./eventually.ts"
import { whileHeld } from "./locks.ts"
import type { Answer } from "./server.ts"
import { tablesOfPeople } from "./unchanged.ts"

const gate = 4_711

/** Makes every transaction that wrote anything wait at its end for whoever holds the gate. */
export const makeGate = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`CREATE FUNCTION wait_at_gate() RETURNS trigger LANGUAGE plpgsql AS
    ${sql.literal(`$$ BEGIN PERFORM pg_advisory_xact_lock_shared(${gate}); RETURN NULL; END $$`)}`
  for (const table of yield* tablesOfPeople(sql)) {
    yield* sql`CREATE CONSTRAINT TRIGGER at_gate AFTER INSERT OR UPDATE OR DELETE ON ${sql(table)}
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wait_at_gate()`
  }
})

/**
 * The answer to a request that finds every table locked from its first commit on, and whether there was one. Who else
 * commits meanwhile may be taken for it: then it is refused before it has done anything.
 */
export const withoutReadingAfter = Effect.fnUntraced(function* <R>(request: Effect.Effect<Answer, never, R>) {
  const sql = yield* SqlClient.SqlClient
  const tables = yield* tablesOfPeople(sql)
  const answered = yield* Deferred.make<Answer>()
  const isAnswered = Deferred.isDone(answered)
  const atGate = sql.literal("pid IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)")
  const here = sql.literal("database = (SELECT oid FROM pg_database WHERE datname = current_database())")
  const tablesWith = (lock: Statement.Fragment) =>
    Effect.map(
      sql<{ name: string }>`
        SELECT DISTINCT relname AS name FROM pg_locks JOIN pg_class c ON c.oid = relation
        WHERE ${here} AND relname = ANY(${tables}) AND ${lock}`,
      (rows) => rows.map(({ name }) => name)
    )
  const lock = (names: ReadonlyArray<string>) =>
    sql`SELECT set_config('lock_timeout', '5s', true)`.pipe(
      Effect.andThen(sql`LOCK TABLE ${sql.csv(names.map((name) => sql`${sql(name)}`))} IN ACCESS EXCLUSIVE MODE`),
      Effect.andThen(Deferred.await(answered)),
      sql.withTransaction,
      // Of who takes them in another order one has to give way.
      Effect.catchReason("SqlError", "DeadlockError", () => Effect.void),
      Effect.forkChild
    )
  const locking = yield* whileHeld(
    sql`SELECT pg_advisory_xact_lock(${gate})`,
    Effect.gen(function* () {
      yield* Effect.forkChild(Effect.flatMap(request, (answer) => Deferred.succeed(answered, answer)))
      const held = tablesWith(atGate)
      const [used] = yield* eventually(Effect.zip(held, isAnswered), ([names, done]) => names.length > 0 || done)
      if (used.length === 0) return []
      // In line for each that the transaction has, behind it and before whoever comes after it.
      const others = tables.filter((name) => !used.includes(name))
      const locking = yield* Effect.forEach([others, ...used.map((name) => [name])], lock)
      const inLine = tablesWith(sql`mode = 'AccessExclusiveLock'`)
      yield* eventually(Effect.zip(inLine, isAnswered), ([names, done]) => names.length === tables.length || done)
      return locking
    })
  )
  const answer = yield* Deferred.await(answered)
  yield* Effect.forEach(locking, Fiber.join)
  return { answer, isCommitted: locking.length > 0 }
})
