/** PostgreSQL is killed and comes back under writers and consumers: what was committed has its effect, once. */
import { chmodSync, realpathSync } from "node:fs"
import { join } from "node:path"
import { assert, it } from "@effect/vitest"
import { Effect, Fiber, Layer, Logger } from "effect"
import { SqlClient } from "effect/sql"
import * as EmbeddedPostgres from "../../src/layers/EmbeddedPostgres.ts"
import { inspect } from "../../src/layers/embedded-postgres/postmaster.ts"
import { migrate } from "../../src/layers/Migrations.ts"
import { pool } from "../../src/layers/Postgres.ts"
import { consumer } from "../../src/services/events/consumer.ts"
import { Events } from "../../src/services/events/Events.ts"
import { temporaryDirectory } from "../support/directory.ts"
import {
  consuming,
  counted,
  countInOneStatement,
  entityAt,
  LogServices,
  makeTables,
  recordEffects
} from "../support/eventLog.ts"

const restarts = 3

const ledger = consumer({
  name: "test.ledger",
  types: [counted],
  from: "begin",
  run: Effect.fnUntraced(function* (events) {
    yield* recordEffects(yield* SqlClient.SqlClient, events)
  })
})

/** Comes back by itself: the lease of this process starts it again. */
const killPostgres = Effect.fnUntraced(function* (dataDir: string) {
  const state = yield* inspect(realpathSync(join(dataDir, "postgres")))
  assert.strictEqual(state._tag, "Ready")
  if (state._tag === "Ready") process.kill(state.pid, "SIGKILL")
})

it.live(
  `${restarts} crashes of PostgreSQL lose no event, repeat no effect, and stop nobody for good`,
  () =>
    Effect.gen(function* () {
      const dataDir = yield* temporaryDirectory("zst-events-postgres-")
      chmodSync(dataDir, 0o755)
      yield* Effect.addFinalizer(() => Effect.orDie(EmbeddedPostgres.remove({ dataDir })))
      const { url } = yield* EmbeddedPostgres.acquire({ dataDir })
      yield* Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const events = yield* Events
        yield* migrate
        yield* makeTables(2)
        yield* consuming([ledger])
        const write = sql.unsafe(countInOneStatement, [entityAt(0)]).pipe(
          Effect.andThen(events.told(counted)),
          Effect.catchCause(() => Effect.sleep("20 millis"))
        )

        // One that takes its id, and its time until it commits: others take and commit ids above meanwhile.
        const slowly = sql<{ n: number }>`UPDATE entities SET n = n + 1 WHERE id = ${entityAt(1)} RETURNING n`.pipe(
          Effect.flatMap(([row]) => events.emit(counted, { n: row?.n ?? 0 }, { entity: entityAt(1) })),
          Effect.andThen(Effect.sleep("1200 millis")),
          sql.withTransaction,
          Effect.catchCause(() => Effect.sleep("20 millis"))
        )
        const writing = Effect.forkScoped(
          Effect.all([Effect.forever(Effect.andThen(write, Effect.sleep("1 milli"))), Effect.forever(slowly)], {
            concurrency: "unbounded"
          })
        )

        // Their ids were seen and do not reach the disk, so that PostgreSQL gives them again after its crash.
        const takenBack = sql`
          INSERT INTO events (type, entity, payload)
          SELECT 'test.counted', ${entityAt(0)}, '{"n": 0}' FROM generate_series(1, 2000)`.pipe(
          Effect.andThen(Effect.fail("taken back")),
          sql.withTransaction,
          Effect.ignore
        )

        const effects = Effect.map(
          sql<{ n: number }>`SELECT coalesce(max(n), 0) AS n FROM effects`,
          ([row]) => row?.n ?? 0
        )
        const more = (than: number) =>
          Effect.repeat(
            Effect.catchCause(Effect.delay(effects, 20), () => Effect.succeed(0)),
            {
              until: (n) => n > than
            }
          )
        let writers = yield* writing
        let seen = yield* more(0)
        for (let i = 0; i < restarts; i++) {
          // Half of the crashes come while everybody writes, and half when nothing has reached the disk for a moment.
          const isQuiet = i % 2 === 0
          if (isQuiet) yield* Fiber.interrupt(writers)
          yield* takenBack
          yield* Effect.sleep("30 millis")
          yield* killPostgres(dataDir)
          if (isQuiet) writers = yield* writing
          seen = yield* more(seen + 20)
          yield* Effect.sleep("3 seconds")
        }
        yield* Fiber.interrupt(writers)
        const unread = sql`SELECT FROM events WHERE id NOT IN (SELECT event FROM effects)`
        const left = yield* Effect.repeat(Effect.delay(unread, 50), { until: ({ length }) => length === 0, times: 100 })
        assert.lengthOf(left, 0, "events were lost")
        const [found] = yield* sql<Record<"effects" | "different" | "counted" | "wrong", number>>`
          SELECT count(*)::int AS effects, count(DISTINCT event)::int AS different,
            (SELECT sum(n)::int FROM entities) AS counted, count(*) FILTER (WHERE n <> number)::int AS wrong
          FROM (SELECT event, n, row_number() OVER (PARTITION BY entity ORDER BY at) AS number FROM effects) e`
        const counts = found?.counted ?? 0
        assert.deepStrictEqual(found, { effects: counts, different: counts, counted: counts, wrong: 0 })
      }).pipe(
        Effect.provide(LogServices([ledger]).pipe(Layer.provideMerge(pool({ url, maxConnections: 4 })))),
        Effect.provide(Logger.layer([])),
        Effect.scoped
      )
    }),
  { timeout: 120_000 }
)
