import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { patiently } from "../services/patience.ts"

/** Any number that no other advisory lock of this database uses. */
const lock = 7_305_001

/** Changes the schema in one transaction; processes that start together take turns. */
export const underMigrationLock = <A, E, R>(change: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    return yield* sql`SELECT pg_advisory_xact_lock(${lock})`.pipe(
      Effect.andThen(change),
      patiently(sql, "1 hour", { lock_timeout: "10s" })
    )
  })
