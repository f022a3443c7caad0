/**
 * A hundred processes that are killed around the commits of what they emit, pass on and do: every event that was
 * committed reaches every listener, has its effect once, and none of what was rolled back does.
 */
import { spawn } from "node:child_process"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, it } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import { build } from "rolldown"
import { pool } from "../../src/layers/Postgres.ts"
import { freshDatabase } from "../support/database.ts"
import { listenerNames, OutboxServices, passingOn, tables } from "../support/outbox.ts"
import { randomFrom } from "../support/random.ts"

const seed = Number(process.env.OUTBOX_SEED ?? Date.now() % 1_000_000)
const loops = Number(process.env.OUTBOX_LOOPS ?? 100)
const atOnce = 4
const mostPoints = 120

/** One tree-shaken file, which starts four times as fast. */
const bundled = Effect.gen(function* () {
  const dir = yield* Effect.acquireRelease(
    Effect.promise(() => mkdtemp(join(tmpdir(), "zst-outbox-"))),
    (dir) => Effect.promise(() => rm(dir, { recursive: true, force: true }))
  )
  const file = join(dir, "process.mjs")
  yield* Effect.promise(() =>
    build({
      input: join(import.meta.dirname, "../support/outboxProcess.ts"),
      platform: "node",
      output: { file, format: "esm", codeSplitting: false }
    })
  )
  return file
})

/** Runs until it is killed. */
const killed = (program: string, url: string, name: string, points: number) =>
  Effect.callback<void>((resume) => {
    const child = spawn(process.execPath, [program], {
      env: { PATH: process.env.PATH, DATABASE_URL: url, NAME: name, POINTS: String(points) },
      stdio: ["ignore", "inherit", "inherit"]
    })
    child.once("close", (code, signal) =>
      resume(signal === "SIGKILL" ? Effect.void : Effect.die(`The process ended by itself: ${code}`))
    )
    return Effect.sync(() => child.kill("SIGKILL"))
  })

it.effect(
  `${loops} kills around commits lose no event and repeat no effect (OUTBOX_SEED=${seed})`,
  () =>
    Effect.gen(function* () {
      const url = yield* freshDatabase
      const program = yield* bundled
      const random = randomFrom(seed)
      const database = pool({ url: Redacted.make(url), maxConnections: 6 })
      const services = yield* Layer.build(Layer.provideMerge(OutboxServices, database))
      yield* Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        for (const table of tables) yield* sql.unsafe(table)
        const points = Array.from({ length: loops }, () => 1 + Math.floor(random() * mostPoints))
        yield* Effect.forEach(points, (n, index) => killed(program, url, String(index), n), { concurrency: atOnce })

        yield* Effect.forkScoped(passingOn(() => {}))
        const pending = sql`SELECT FROM jobs WHERE state = 'pending'`
        yield* Effect.andThen(TestClock.adjust("1 second"), pending).pipe(
          Effect.repeat({ until: (rows) => rows.length === 0 })
        )
        const facts = yield* sql<{ id: string }>`SELECT id FROM facts`
        assert.isAbove(facts.length, loops / 2)
        assert.isTrue(facts.every(({ id }) => id.startsWith("kept-")))
        const expected = facts.length * listenerNames.length
        const [found] = yield* sql<Record<"dead" | "again" | "effects" | "pairs" | "strangers", number>>`
          SELECT (SELECT count(*)::int FROM jobs WHERE state = 'failed') AS dead,
            (SELECT count(*)::int FROM deliveries) AS again,
            (SELECT count(*)::int FROM effects) AS effects,
            (SELECT count(*)::int FROM (SELECT DISTINCT listener, fact FROM effects) e) AS pairs,
            (SELECT count(*)::int FROM deliveries d LEFT JOIN facts f ON f.id = d.fact WHERE f.id IS NULL) AS strangers`
        assert.deepInclude(found, { dead: 0, effects: expected, pairs: expected, strangers: 0 })
        // Otherwise no kill came between a delivery and its end, and the test has shown nothing.
        assert.isAbove(found?.again ?? 0, expected)
      }).pipe(Effect.provide(services))
    }),
  { timeout: 240_000 }
)
