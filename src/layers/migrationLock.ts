import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/** Any number that no other advisory lock of this database uses. */
const lock = 7_305_001

/** Changes the schema in one transaction; processes that start together take turns. */
export const underMigrationLock = <A, E, R>(change: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    return yield* Effect.gen(function* () {
      yield* sql`SELECT set_config('statement_timeout', '1h', true), set_config('lock_timeout', '10s', true)`
      yield* sql`SELECT pg_advisory_xact_lock(${lock})`
      // Of what others changed while it waited PostgreSQL hears no sooner than it locks a table, if only to read it.
      yield* sql`SELECT FROM pg_class LIMIT 0`
      return yield* change
    }).pipe(sql.withTransaction)
  })
