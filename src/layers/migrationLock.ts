import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { locks } from "../services/locks.ts"
import { patiently } from "../services/patience.ts"
import { takeTurn } from "./turn.ts"

/** Changes the schema in one transaction; processes that start together take turns. */
export const underMigrationLock = <A, E, R>(change: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    // Of what others changed while it waited PostgreSQL hears no sooner than it locks a table, if only to read it.
    return yield* takeTurn(locks.migrations, "is changing the schema of this database").pipe(
      Effect.andThen(sql`SELECT FROM pg_class LIMIT 0`),
      Effect.andThen(change),
      patiently(sql, "1 hour", { lock_timeout: "10s" })
    )
  })
