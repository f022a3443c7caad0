/** Two processes that find an empty database at once. */
import { assert, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { makeQueueTables } from "../../src/layers/JobQueue.ts"
import { underMigrationLock } from "../../src/layers/migrationLock.ts"
import { exists, queueMigrations } from "../../src/layers/ownDatabase.ts"
import { pool } from "../../src/layers/Postgres.ts"
import { freshDatabase } from "../support/database.ts"
import { eventually } from "../support/eventually.ts"

it.live("the second sees what the first made while it waited", () =>
  Effect.gen(function* () {
    const url = Redacted.make(yield* freshDatabase)
    const process = Effect.provide(pool({ url, maxConnections: 2 }))
    yield* SqlClient.SqlClient.use((sql) => sql`DROP TABLE jobs, jobs_migrations CASCADE`).pipe(process)
    const made = yield* Deferred.make<void>()
    const go = yield* Deferred.make<void>()
    const first = makeQueueTables.pipe(
      Effect.andThen(Deferred.succeed(made, undefined)),
      Effect.andThen(Deferred.await(go)),
      underMigrationLock,
      process
    )
    const one = yield* Effect.forkScoped(first)
    yield* Deferred.await(made)
    const two = yield* Effect.forkScoped(Effect.andThen(exists(queueMigrations), makeQueueTables).pipe(process))
    const waiting = SqlClient.SqlClient.use(
      (sql) => sql`SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory'`
    )
    yield* eventually(waiting, ({ length }) => length === 1).pipe(process)
    yield* Deferred.succeed(go, undefined)
    yield* Fiber.join(one)
    yield* Fiber.join(two)
    const tables = SqlClient.SqlClient.use(
      (sql) => sql`SELECT FROM pg_tables WHERE tablename IN ('jobs', 'jobs_migrations')`
    )
    assert.lengthOf(yield* process(tables), 2)
  }).pipe(Effect.scoped)
)
