/** PostgreSQL is killed and comes back under writers and consumers: what was committed has its effect, once. */
import { chmodSync, realpathSync } from "node:fs"
import { join } from "node:path"
import { assert, it } from "@effect/vitest"
import { Effect, Layer, Logger } from "effect"
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
        yield* makeTables(1)
        yield* consuming([ledger])
        const write = sql.unsafe(countInOneStatement, [entityAt(0)]).pipe(
          Effect.andThen(events.told(counted)),
          Effect.catchCause(() => Effect.sleep("20 millis"))
        )
        yield* Effect.forkScoped(Effect.forever(Effect.andThen(write, Effect.sleep("1 milli"))))

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
        let seen = yield* more(0)
        for (let i = 0; i < restarts; i++) {
          yield* killPostgres(dataDir)
          seen = yield* more(seen + 20)
        }
        const [found] = yield* sql<Record<"effects" | "different" | "last" | "wrong", number>>`
          SELECT count(*)::int AS effects, count(DISTINCT event)::int AS different, max(n) AS last,
            count(*) FILTER (WHERE n <> number)::int AS wrong
          FROM (SELECT event, n, row_number() OVER (ORDER BY at) AS number FROM effects) e`
        const last = found?.last ?? 0
        assert.deepStrictEqual(found, { effects: last, different: last, last, wrong: 0 })
      }).pipe(
        Effect.provide(LogServices([ledger]).pipe(Layer.provideMerge(pool({ url, maxConnections: 4 })))),
        Effect.provide(Logger.layer([])),
        Effect.scoped
      )
    }),
  { timeout: 120_000 }
)
