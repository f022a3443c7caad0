import { assert, layer } from "@effect/vitest"
import { Effect, Fiber, Layer, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import { schedules } from "../../src/layers/Background.ts"
import { pool } from "../../src/layers/Postgres.ts"
import { idempotencyPrune } from "../../src/services/idempotency/jobs.ts"
import { Jobs } from "../../src/services/jobs/Jobs.ts"
import { freshDatabase } from "../support/database.ts"
import { eventually } from "../support/eventually.ts"
import { waiting, whileHeld } from "../support/locks.ts"
import { spawnZst } from "../support/process.ts"
import { TestServer } from "../support/server.ts"
import { commandsOf, DatabaseUrl, OnDatabase } from "./commands.ts"
import { data, zst } from "./zst.ts"

const { command, says, refuses } = commandsOf("jobs")

const add = Effect.fnUntraced(function* (
  kind: string,
  id: string,
  state: "failed" | "completed" | "pending",
  attempts = state === "failed" ? 5 : 0
) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ number: number }>`
    INSERT INTO jobs (id, queue_name, element, state, attempts, last_failure, visible_at, created_at, updated_at)
    VALUES (${id}, ${kind}, '{}', ${state}, ${attempts},
      ${attempts > 0 ? "JobFailed: Error: The disk is full\n    at save (disk.ts:1:1)" : null},
      now() + ${state === "pending" ? "1 hour" : "0"}::interval, now(), now()) RETURNING sequence AS number`
  return String(rows[0]?.number)
})

/** Commands that do not stand in one another's way, at once. */
const together = <A, E, R>(effects: ReadonlyArray<Effect.Effect<A, E, R>>) => Effect.all(effects, { concurrency: 4 })

const rowOf = (number: string) =>
  Effect.map(
    SqlClient.SqlClient.use(
      (sql) =>
        sql`SELECT state, attempts, last_failure, visible_at <= now() AS due FROM jobs WHERE sequence = ${Number(number)}`
    ),
    ([row]) => row
  )

const fresh = { state: "pending", attempts: 0, last_failure: null, due: true }

layer(OnDatabase, { timeout: "60 seconds" })("zst jobs", (it) => {
  it.effect("says when there is nothing", () =>
    Effect.gen(function* () {
      const answers = [
        [["list"], "No job waits or has failed.\n"],
        [["list", "--failed"], "No job has failed for good.\n"],
        [["list", "--kind", "a.b"], "No job of the kind a.b waits or has failed.\n"],
        [["list", "--json"], '{\n  "data": []\n}\n'],
        [["retry", "--all-failed"], "No job has failed for good.\n"]
      ] as const
      const said = yield* together(answers.map(([args]) => says(...args)))
      assert.deepStrictEqual(
        said,
        answers.map(([, text]) => text)
      )
      yield* refuses(1, /^There is no job "17": see zst jobs list\.\n$/, "show", "17")
    })
  )

  it.effect("lists and shows jobs", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const dead = yield* add("accounts.purge", "cli/1", "failed")
      yield* add("webhooks.prune", "cli/1", "failed")
      yield* add("jobs.prune", "cli/2", "pending")
      yield* add("jobs.prune", "cli/3", "completed")
      const [all = "", failed = "", ofKind = "", shown = ""] = yield* together([
        says("list"),
        says("list", "--failed"),
        says("list", "--failed", "--kind", "accounts.purge", "--json"),
        says("show", dead)
      ])
      assert.match(all, /^no +kind +state +tries +when \(UTC\) +id +failure\n/)
      assert.match(
        all,
        new RegExp(`\\n${dead} +accounts\\.purge +failed +5 +since .* cli/1 +Error: The disk is full\\n`)
      )
      assert.match(all, /delayed +0 +due .* cli\/2\n/)
      assert.notInclude(all, "cli/3")
      assert.notInclude(failed, "cli/2")
      assert.lengthOf(JSON.parse(ofKind).data, 1)
      assert.match(shown, /^number +\d+\nkind +accounts\.purge\n(.*\n)*failure +Error: The disk is full\n/)
      yield* refuses(1, /^"cli\/1" are several jobs: give the number of one, /, "show", "cli/1")
      yield* sql`DELETE FROM jobs`
    })
  )

  it.effect("retries dead letters and what waits for its next try, with all their attempts before them", () =>
    Effect.gen(function* () {
      const dead = yield* add("accounts.purge", "cli/1", "failed")
      const other = yield* add("webhooks.prune", "cli/1", "failed")
      const delayed = yield* add("jobs.prune", "cli/2", "pending", 2)
      const done = yield* add("jobs.prune", "cli/3", "completed")
      assert.match(yield* says("retry", dead, "--dry-run"), /^Would try again accounts\.purge/)
      assert.deepInclude(yield* rowOf(dead), { state: "failed", attempts: 5 })
      const [said] = yield* together([
        says("retry", dead),
        says("retry", "cli/2"),
        refuses(1, /is done: /, "retry", done)
      ])
      assert.match(said ?? "", /is due now\.\n$/)
      for (const number of [dead, delayed]) assert.deepStrictEqual(yield* rowOf(number), fresh)
      yield* refuses(1, /is waiting: only what has failed is tried again/, "retry", dead)
      assert.strictEqual(
        yield* says("retry", "--all-failed", "--kind", "jobs.prune", "--dry-run"),
        "Would try 0 jobs again.\n"
      )
      assert.strictEqual(yield* says("retry", "--all-failed"), "1 job is due now.\n")
      assert.deepStrictEqual(yield* rowOf(other), fresh)
      yield* refuses(2, /give one job's id, or --all-failed/i, "retry")
      yield* refuses(2, /goes with --all-failed/, "retry", dead, "--kind", "x.y")
    })
  )

  it.effect("retries nothing that was never tried: its delay may keep it from what is under way", () =>
    Effect.gen(function* () {
      const insurance = yield* add("media.remove", "cli/6", "pending")
      const before = yield* rowOf(insurance)
      const refused =
        /^media\.remove \d+ \(cli\/6\) is delayed: it was not tried yet, and is not to be before \S+ \S+ \(UTC\)\.\n$/
      yield* together([refuses(1, refused, "retry", insurance), refuses(1, refused, "retry", "cli/6", "--dry-run")])
      assert.deepStrictEqual(yield* rowOf(insurance), before)
    })
  )

  it.effect("says what a job has become, when somebody was before it", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const dead = yield* add("accounts.purge", "cli/7", "failed")
      const asked = yield* whileHeld(
        sql`UPDATE jobs SET state = 'completed' WHERE sequence = ${Number(dead)}`,
        Effect.tap(Effect.forkChild(refuses(1, /^accounts\.purge \d+ \(cli\/7\) is done: /, "retry", dead)), () =>
          waiting(1)
        )
      )
      yield* Fiber.join(asked)
    })
  )

  it.effect("drops what is not running", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const dead = yield* add("accounts.purge", "cli/4", "failed")
      const running = yield* add("accounts.purge", "cli/5", "pending")
      yield* sql`UPDATE jobs SET acquired_at = now(), acquired_by = gen_random_uuid() WHERE sequence = ${Number(running)}`
      assert.match(yield* says("drop", dead, "--dry-run"), /^Would drop accounts\.purge/)
      assert.match(yield* says("drop", dead), /is dropped\.\n$/)
      yield* refuses(1, /^There is no job/, "drop", dead)
      yield* refuses(1, /is running: wait until it has ended/, "drop", running)
    })
  )

  it.effect("does the work of a kind here and now", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* sql`INSERT INTO webhook_messages (id, received_at) VALUES ('old', now() - interval '9 days')`
      const messages = Effect.map(sql`SELECT FROM webhook_messages`, ({ length }) => length)
      assert.strictEqual(yield* says("run", "webhooks.prune", "--dry-run"), "Would run webhooks.prune.\n")
      assert.strictEqual(yield* messages, 1)
      assert.match(yield* says("run", "webhooks.prune"), /^webhooks\.prune is done, in \d+\.\d s\.\n$/)
      assert.strictEqual(yield* messages, 0)
      assert.strictEqual(data(yield* command("run", "jobs.prune", "--json")).ran, "jobs.prune")
      yield* together([
        refuses(1, /^There is no kind "x"; there are accounts\.purge, /, "run", "x"),
        refuses(1, /^The payload does not fit, media_id: /, "run", "media.process"),
        refuses(1, /^The payload does not fit: /, "run", "media.process", "--payload", "{")
      ])
    })
  )

  it.effect("dead letters are a warning of zst doctor", () =>
    Effect.gen(function* () {
      const env = { DATABASE_URL: yield* DatabaseUrl }
      const sql = yield* SqlClient.SqlClient
      yield* sql`DELETE FROM jobs`
      const jobsCheck = Effect.map(zst(["doctor", "--json"], { env }), (ended) =>
        data(ended).checks.find(({ name }: { name: string }) => name === "Jobs")
      )
      assert.deepStrictEqual(yield* jobsCheck, { name: "Jobs", status: "ok", found: "none has failed" })
      yield* add("jobs.prune", "cli/4", "failed")
      assert.deepInclude(yield* jobsCheck, { status: "warning", found: "1 failed for good" })
    })
  )
})

layer(OnDatabase)("zst work", (it) => {
  it.effect("runs each slot once, however many of them there are, and leaves with 0 when it is told to", () =>
    Effect.gen(function* () {
      const env = { DATABASE_URL: yield* DatabaseUrl, LOG_LEVEL: "Error" }
      const sql = yield* SqlClient.SqlClient
      const workers = [yield* spawnZst(["work"], env), yield* spawnZst(["work"], env)]
      for (const each of workers) yield* each.says(/^Working on \d+ kinds of jobs: accounts\.purge, /)
      const slots = sql<{ kind: string; attempts: number }>`
        SELECT queue_name AS kind, attempts FROM jobs WHERE state = 'completed' ORDER BY 1`
      const found = yield* eventually(slots, ({ length }) => length >= schedules.length)
      assert.deepStrictEqual(
        found,
        schedules.map(({ kind }) => ({ kind: kind.name, attempts: 1 })).toSorted((a, b) => (a.kind < b.kind ? -1 : 1))
      )
      for (const { child } of workers) child.kill("SIGTERM")
      for (const { exited } of workers) assert.deepStrictEqual(yield* exited, { code: 0, signal: null })
    }).pipe(Effect.scoped)
  )

  it.effect("gives a job back that it is told to leave, without counting the attempt", () =>
    Effect.gen(function* () {
      const url = yield* DatabaseUrl
      const sql = yield* SqlClient.SqlClient
      yield* sql`DELETE FROM jobs`
      const held = yield* Layer.build(pool({ url: Redacted.make(url), maxConnections: 1 }))
      const stopped = Effect.gen(function* () {
        const session = yield* SqlClient.SqlClient
        yield* session`LOCK TABLE webhook_messages IN EXCLUSIVE MODE`
        const worker = yield* spawnZst(["work"], { DATABASE_URL: url, LOG_LEVEL: "Error" })
        const running = sql`SELECT FROM jobs WHERE queue_name = 'webhooks.prune' AND acquired_at IS NOT NULL`
        yield* eventually(running, ({ length }) => length > 0)
        worker.child.kill("SIGTERM")
        assert.strictEqual((yield* worker.exited).code, 0)
      })
      yield* Effect.provide(
        Effect.flatMap(SqlClient.SqlClient, (session) => session.withTransaction(stopped)),
        held
      )
      const [job] = yield* sql`
        SELECT state, attempts, acquired_at FROM jobs WHERE queue_name = 'webhooks.prune'`
      assert.deepStrictEqual(job, { state: "pending", attempts: 0, acquired_at: null })
    }).pipe(Effect.scoped)
  )
})

const stateOf = (id: string) =>
  Effect.map(
    SqlClient.SqlClient.use((sql) => sql<{ state: string }>`SELECT state FROM jobs WHERE id = ${id}`),
    ([job]) => job?.state
  )

const offer = (id: string) => Jobs.use((jobs) => jobs.offer(idempotencyPrune, {}, { id }))

layer(TestServer.layer)("a server", (it) => {
  it.effect("does jobs beside answering: what it was told of is done at once", () =>
    Effect.gen(function* () {
      yield* offer("here/1")
      yield* eventually(stateOf("here/1"), (state) => state === "completed")
    })
  )
})

layer(TestServer.over(freshDatabase, { JOBS: "off" }))("a server with JOBS=off", (it) => {
  it.effect("leaves jobs to others", () =>
    Effect.gen(function* () {
      yield* offer("elsewhere/1")
      yield* TestClock.adjust("10 minutes")
      const jobs = yield* SqlClient.SqlClient.use((sql) => sql`SELECT id, state, attempts FROM jobs`)
      assert.deepStrictEqual(jobs, [{ id: "elsewhere/1", state: "pending", attempts: 0 }])
    })
  )
})
