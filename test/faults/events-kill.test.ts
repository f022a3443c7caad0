/**
 * A hundred processes, four at a time, that are killed around the commits of what they write and consume: every event
 * that was committed has its effect in the database once and elsewhere at least once, and none of what was rolled back.
 */
import { spawn } from "node:child_process"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, it } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { build } from "rolldown"
import { pool } from "../../src/layers/Postgres.ts"
import { consumer } from "../../src/services/events/consumer.ts"
import { freshDatabase } from "../support/database.ts"
import { temporaryDirectory } from "../support/directory.ts"
import { consuming, counted, LogServices, makeTables, recordEffects } from "../support/eventLog.ts"
import { randomFrom, seed } from "../support/random.ts"

const kills = Number(process.env.EVENTS_KILLS ?? 100)
const atOnce = 4
const mostPoints = 150

/** One tree-shaken file, which starts four times as fast. */
const bundled = Effect.fnUntraced(function* (directory: string) {
  const file = join(directory, "process.mjs")
  yield* Effect.promise(() =>
    build({
      input: join(import.meta.dirname, "../support/eventProcess.ts"),
      platform: "node",
      output: { file, format: "esm", codeSplitting: false }
    })
  )
  return file
})

/** Runs until it is killed. */
const killed = (program: string, env: Record<string, string>) =>
  Effect.callback<void>((resume) => {
    const child = spawn(process.execPath, [program], {
      env: { PATH: process.env.PATH, ...env },
      stdio: ["ignore", "inherit", "inherit"]
    })
    child.once("close", (code, signal) =>
      resume(signal === "SIGKILL" ? Effect.void : Effect.die(`The process ended by itself: ${code}`))
    )
    return Effect.sync(() => child.kill("SIGKILL"))
  })

const idsIn = (file: string) => readFileSync(file, "utf8").trim().split("\n").map(Number)

/** What the processes left is read here. */
const rest = consumer({
  name: "test.ledger",
  types: [counted],
  from: "begin",
  run: Effect.fnUntraced(function* (events) {
    const sql = yield* SqlClient.SqlClient
    yield* recordEffects(sql, events)
  })
})

it.live(
  `${kills} kills around commits lose no event and repeat no effect (SEED=${seed})`,
  () =>
    Effect.gen(function* () {
      const url = yield* freshDatabase
      const directory = yield* temporaryDirectory("zst-events-")
      const program = yield* bundled(directory)
      const mails = join(directory, "mails")
      const entries = join(directory, "entries")
      const random = randomFrom(seed)
      yield* Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        yield* makeTables(7)
        const points = Array.from({ length: kills }, () => 1 + Math.floor(random() * mostPoints))
        yield* Effect.forEach(
          points,
          (n, i) =>
            killed(program, {
              DATABASE_URL: url,
              MAILS: mails,
              ENTRIES: entries,
              POINTS: String(n),
              LANE: String(i * 1000)
            }),
          { concurrency: atOnce }
        )
        const [mailTo] = yield* sql<{ position: number }>`
          SELECT position FROM event_consumers WHERE name = 'test.mail'`

        yield* consuming([rest])
        const unread = sql`SELECT FROM events WHERE id NOT IN (SELECT event FROM effects)`
        const left = yield* Effect.repeat(Effect.delay(unread, 50), { until: ({ length }) => length === 0, times: 200 })
        assert.lengthOf(left, 0, "events were lost")

        const [found] = yield* sql<Record<"written" | "effects" | "different" | "counted" | "disordered", number>>`
          SELECT (SELECT count(*)::int FROM events) AS written, (SELECT count(*)::int FROM effects) AS effects,
            (SELECT count(DISTINCT event)::int FROM effects) AS different, (SELECT sum(n)::int FROM entities) AS counted,
            (SELECT count(*)::int FROM (
              SELECT n, row_number() OVER (PARTITION BY entity ORDER BY at) AS number FROM effects) e
            WHERE n <> number) AS disordered`
        const written = found?.written ?? 0
        assert.deepStrictEqual(found, {
          written,
          effects: written,
          different: written,
          counted: written,
          disordered: 0
        })
        assert.isAbove(written, kills * 3)

        const sent = idsIn(mails)
        const ids = (yield* sql<{ id: number }>`SELECT id FROM events ORDER BY id`).map(({ id }) => id)
        const expected = ids.filter((id) => id <= (mailTo?.position ?? 0))
        const mailed = new Set(sent)
        assert.lengthOf(
          expected.filter((id) => !mailed.has(id)),
          0
        )
        assert.lengthOf(
          [...mailed].filter((id) => !ids.includes(id)),
          0
        )
        // Otherwise no kill came between a delivery and its end, and the test has shown nothing.
        const begun = idsIn(entries)
        assert.isAbove(sent.length, mailed.size)
        assert.isAbove(begun.length, new Set(begun).size)
      }).pipe(
        Effect.provide(Layer.provideMerge(LogServices([rest]), pool({ url: Redacted.make(url), maxConnections: 6 })))
      )
    }),
  { timeout: 240_000 }
)
