/** kill -9 of a worker in the middle of each kind of job: the next worker finds the work and it is done, once in effect. */
import { assert, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, Layer, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { Services } from "../../src/layers/App.ts"
import { handlers } from "../../src/layers/Background.ts"
import { lockSeconds } from "../../src/layers/JobQueue.ts"
import { pool } from "../../src/layers/Postgres.ts"
import { freshDatabase, TestDatabase } from "../support/database.ts"
import { eventually } from "../support/eventually.ts"
import { TestMedia } from "../support/media.ts"
import { spawnZst } from "../support/process.ts"
import { type Caught, rows } from "./jobs-kill.rows.ts"

it.effect("every kind of job has a row, and nothing else has", () =>
  Effect.gen(function* () {
    const kinds = (yield* handlers).map(({ kind }) => kind.name)
    assert.deepStrictEqual(Object.keys(rows).sort(), kinds.sort())
  }).pipe(Effect.provide(Layer.provideMerge(Services, Layer.merge(TestDatabase, TestMedia))))
)

const worker = (url: string) => spawnZst(["work"], { DATABASE_URL: url, LOG_LEVEL: "Error" })

/** Holds what the job needs until `release`, in a session of its own. */
const holding = Effect.fnUntraced(function* (url: string, statement: string) {
  const held = yield* Deferred.make<void>()
  const release = yield* Deferred.make<void>()
  const fiber = yield* Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const holdUntilReleased = Effect.gen(function* () {
      yield* sql.unsafe(statement)
      yield* Deferred.succeed(held, undefined)
      yield* Deferred.await(release)
    })
    yield* sql.withTransaction(holdUntilReleased)
  }).pipe(Effect.provide(pool({ url: Redacted.make(url), maxConnections: 1 })), Effect.forkScoped)
  yield* Effect.raceFirst(Deferred.await(held), Fiber.join(fiber))
  return Effect.andThen(Deferred.succeed(release, undefined), Fiber.join(fiber))
})

const killedMidway = (kind: string, { prepare, hold, offered, done }: Caught) =>
  Effect.gen(function* () {
    const url = yield* freshDatabase
    yield* Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      for (const statement of prepare) yield* sql.unsafe(statement)
      if (offered !== undefined) {
        yield* sql`INSERT INTO jobs (id, queue_name, element, state, visible_at, created_at, updated_at)
          VALUES ('killed', ${kind}, ${offered}, 'pending', now(), now(), now())`
      }
      const release = yield* holding(url, hold)
      const first = yield* worker(url)
      const midway = sql`
        SELECT FROM jobs j WHERE j.queue_name = ${kind} AND j.acquired_at IS NOT NULL AND EXISTS (
          SELECT FROM pg_stat_activity a
          WHERE a.datname = current_database() AND cardinality(pg_blocking_pids(a.pid)) > 0)`
      yield* eventually(midway, ({ length }) => length > 0)
      first.child.kill("SIGKILL")
      assert.strictEqual((yield* first.exited).signal, "SIGKILL")
      yield* release

      yield* sql`UPDATE jobs SET acquired_at = acquired_at - make_interval(secs => ${lockSeconds})`
      yield* worker(url)
      const left = sql`SELECT FROM jobs WHERE queue_name = ${kind} AND state = 'pending'`
      yield* eventually(left, ({ length }) => length === 0)
      const [attempts] = yield* sql<{ most: number; failed: number }>`
        SELECT max(attempts) AS most, count(*) FILTER (WHERE state = 'failed')::int AS failed
        FROM jobs WHERE queue_name = ${kind}`
      assert.isAtLeast(attempts?.most ?? 0, 2)
      assert.strictEqual(attempts?.failed, 0)
      assert.deepStrictEqual(yield* sql.unsafe(done), [{ done: true }])
    }).pipe(Effect.provide(pool({ url: Redacted.make(url), maxConnections: 2 })))
  })

for (const [kind, row] of Object.entries(rows)) {
  if ("provenIn" in row) continue
  it.effect(`${kind}, killed midway, is done by the next worker, once in effect`, () => killedMidway(kind, row))
}
