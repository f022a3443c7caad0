/** Advisory locks of a transaction, for which nobody waits without a word. */
import { Effect, Schema } from "effect"
import { SqlClient } from "effect/sql"

/** Somebody else did not let go in time. */
export class TurnNotTaken extends Schema.TaggedError<TurnNotTaken>()("TurnNotTaken", { message: Schema.String }) {}

type Holder = { readonly session: number; readonly program: string; readonly address: string; readonly since: Date }

const holderOf = Effect.fnUntraced(function* (lock: number) {
  const sql = yield* SqlClient.SqlClient
  const [holder] = yield* sql<Holder>`
    SELECT a.pid AS session, a.application_name AS program, coalesce(host(a.client_addr), 'this machine') AS address,
      coalesce(a.xact_start, a.backend_start) AS since
    FROM pg_locks l JOIN pg_stat_activity a USING (pid)
    WHERE l.locktype = 'advisory' AND l.granted AND l.classid = 0 AND l.objid = ${lock} AND l.objsubid = 1
      AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())`
  return holder
})

const wordsFor = (what: string, holder: Holder | undefined) => {
  if (holder === undefined) return `Another process ${what}.`
  const { session, program, address, since } = holder
  const who = `${program || "unnamed"} at ${address}, PostgreSQL session ${session}, since ${since.toISOString()}`
  return `Another process ${what} (${who}). If it hangs, end it, or its session: SELECT pg_terminate_backend(${session}).`
}

/** Takes the lock until the transaction ends. `what` says what its holder is doing. */
export const takeTurn = Effect.fnUntraced(function* (lock: number, what: string) {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{ taken: boolean }>`SELECT pg_try_advisory_xact_lock(${lock}) AS taken`
  if (row?.taken) return
  const words = wordsFor(what, yield* holderOf(lock))
  yield* Effect.logWarning(`Waiting. ${words}`)
  yield* sql`SELECT pg_advisory_xact_lock(${lock})`.pipe(
    Effect.catchReason("SqlError", "LockTimeoutError", () => new TurnNotTaken({ message: `Waited in vain. ${words}` }))
  )
})
