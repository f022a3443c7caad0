/** Jobs over the real queue: what is offered, tried, timed out, given up, and run once. */
import { assert, layer } from "@effect/vitest"
import { Deferred, Duration, Effect, Layer, Logger, Ref, Schedule, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import { Services } from "../../../src/layers/App.ts"
import { work } from "../../../src/layers/Worker.ts"
import { Inbox, keptFor } from "../../../src/services/jobs/Inbox.ts"
import { JobRecords } from "../../../src/services/jobs/JobRecords.ts"
import { type JobHandler, Jobs, jobHandler, jobKind } from "../../../src/services/jobs/Jobs.ts"
import { deadKeptFor, jobsPrune, pruneJobs } from "../../../src/services/jobs/pruneJobs.ts"
import { NoPayload, schedule } from "../../../src/services/jobs/schedule.ts"
import { TestDatabase } from "../../support/database.ts"
import { eventually } from "../../support/eventually.ts"
import { waiting, whileHeld } from "../../support/locks.ts"
import { TestMedia } from "../../support/media.ts"

const Id = Schema.Struct({ id: Schema.Number })

const kindOf = (
  name: string,
  options: { readonly maxAttempts?: number; readonly retry?: Schedule.Schedule<unknown, number> } = {}
) => jobKind({ name, payload: Id, maxAttempts: 3, timeLimit: "10 seconds", concurrency: 2, ...options })

const working = (...handlers: ReadonlyArray<JobHandler>) =>
  Effect.forkScoped(work({ handlers, schedules: [], schedulesAfter: 0 }))

/** A second is over in a moment, but not in none: what waits for the database is given up after some seconds. */
const aSecond = Effect.andThen(TestClock.adjust("1 second"), TestClock.withLive(Effect.sleep("25 millis")))

/** Lets pollers look, and looks itself, until it is so. */
const until = <A, E, R>(query: Effect.Effect<A, E, R>, holds: (value: A) => boolean) =>
  Effect.andThen(aSecond, query).pipe(Effect.repeat({ until: holds }))

const doneOf = (kind: string) =>
  Effect.map(
    SqlClient.SqlClient.use((sql) => sql`SELECT FROM jobs WHERE queue_name = ${kind} AND state = 'completed'`),
    ({ length }) => length
  )

const jobOf = (id: string) =>
  Effect.map(
    JobRecords.use((records) => records.named(id)),
    ([job]) => job
  )

const makeDue = (id: string) =>
  SqlClient.SqlClient.use((sql) => sql`UPDATE jobs SET visible_at = now() WHERE id = ${id}`)

const OnDatabase = Layer.mergeAll(Layer.provideMerge(Services, Layer.merge(TestDatabase, TestMedia)), Logger.layer([]))

layer(OnDatabase)("jobs", (it) => {
  it.effect("of another process are begun within some seconds", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const kind = kindOf("test.elsewhere")
      const seen = yield* Ref.make<ReadonlyArray<number>>([])
      yield* working(jobHandler(kind, ({ id }) => Ref.update(seen, (ids) => [...ids, id])))
      yield* (yield* Jobs).offer(kind, { id: 1 }, { id: "here" })
      yield* eventually(Ref.get(seen), ({ length }) => length === 1)
      yield* sql`
        INSERT INTO jobs (id, queue_name, element, state, attempts, visible_at, created_at, updated_at)
        VALUES ('elsewhere', ${kind.name}, ${JSON.stringify({ id: 2 })}, 'pending', 0, now(), now(), now())`
      yield* Effect.andThen(aSecond, Ref.get(seen)).pipe(
        Effect.repeat({ until: ({ length }) => length === 2, times: 19 })
      )
      assert.deepStrictEqual(yield* Ref.get(seen), [1, 2])
    })
  )

  it.effect(
    "offered in a transaction that is rolled back leave nothing; one that commits is done, once for each id",
    () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const jobs = yield* Jobs
        const kind = kindOf("test.offer")
        const done: Array<number> = []
        yield* working(jobHandler(kind, ({ id }) => Effect.sync(() => done.push(id))))
        const rolledBack = Effect.andThen(jobs.offer(kind, { id: 1 }, { id: "offer/1" }), Effect.fail("no"))
        assert.strictEqual(yield* Effect.flip(sql.withTransaction(rolledBack)), "no")
        assert.isUndefined(yield* jobOf("offer/1"))
        const twice = jobs.offer(kind, { id: 2 }, { id: "offer/2" })
        yield* sql.withTransaction(Effect.andThen(twice, twice))
        yield* until(jobOf("offer/2"), (job) => job?.state === "done")
        yield* twice
        yield* jobs.offer(kind, { id: 3 }, { id: "offer/3" })
        yield* until(jobOf("offer/3"), (job) => job?.state === "done")
        assert.deepStrictEqual(done, [2, 3])
      })
  )

  it.effect("wait for their delay", () =>
    Effect.gen(function* () {
      const jobs = yield* Jobs
      const kind = kindOf("test.delay")
      const done: Array<number> = []
      yield* working(jobHandler(kind, ({ id }) => Effect.sync(() => done.push(id))))
      yield* jobs.offer(kind, { id: 1 }, { id: "delay/1", delay: "1 hour" })
      yield* jobs.offer(kind, { id: 2 }, { id: "delay/2" })
      yield* until(jobOf("delay/2"), (job) => job?.state === "done")
      assert.strictEqual((yield* jobOf("delay/1"))?.state, "delayed")
      yield* makeDue("delay/1")
      yield* until(jobOf("delay/1"), (job) => job?.state === "done")
      assert.deepStrictEqual(done, [2, 1])
    })
  )

  it.effect(
    "that fail are tried again, later each time, and are dead letters in the end, until an operator retries",
    () =>
      Effect.gen(function* () {
        const jobs = yield* Jobs
        const records = yield* JobRecords
        const kind = kindOf("test.retry", { retry: Schedule.exponential("10 seconds") })
        const mended = yield* Ref.make(false)
        const seen: Array<number> = []
        const run = Effect.fnUntraced(function* (attempts: number) {
          seen.push(attempts)
          if (!(yield* Ref.get(mended))) return yield* Effect.fail(new Error("The printer\0 is on fire"))
        })
        yield* working(jobHandler(kind, (_, { attempts }) => run(attempts)))
        yield* jobs.offer(kind, { id: 1 }, { id: "retry/1" })
        for (const [attempts, seconds] of [
          [1, 10],
          [2, 20]
        ] as const) {
          const job = yield* until(jobOf("retry/1"), (job) => job?.state === "delayed" && job.attempts === attempts)
          const waits = ((job?.due_at.getTime() ?? 0) - (job?.updated_at.getTime() ?? 0)) / 1000
          assert.strictEqual(Math.round(waits), seconds)
          assert.match(job?.failure ?? "", /^Error: The printer is on fire/)
          yield* makeDue("retry/1")
        }
        const dead = yield* until(jobOf("retry/1"), (job) => job?.state === "failed")
        assert.deepInclude(yield* records.backlog, { kind: kind.name, failed: 1, waiting: 0, oldest_seconds: 0 })
        yield* Ref.set(mended, true)
        assert.isTrue(yield* records.retry(dead?.number ?? 0))
        yield* until(jobOf("retry/1"), (job) => job?.state === "done")
        assert.deepStrictEqual(seen, [1, 2, 3, 1])
        assert.isFalse(yield* records.retry(dead?.number ?? 0))
      })
  )

  it.effect("are not brought forward by a retry before they were tried: what delays them is meant", () =>
    Effect.gen(function* () {
      const jobs = yield* Jobs
      const records = yield* JobRecords
      const kind = kindOf("test.delayed", { retry: Schedule.exponential("10 minutes") })
      yield* jobs.offer(kind, { id: 1 }, { id: "delayed/1", delay: "1 hour" })
      const offered = yield* jobOf("delayed/1")
      assert.deepInclude(offered, { state: "delayed", attempts: 0 })
      assert.isFalse(yield* records.retry(offered?.number ?? 0))
      assert.deepStrictEqual(yield* jobOf("delayed/1"), offered)
      yield* makeDue("delayed/1")
      yield* working(jobHandler(kind, () => Effect.fail(new Error("The printer is on fire"))))
      yield* until(jobOf("delayed/1"), (job) => job?.state === "delayed" && job.attempts === 1)
      assert.isTrue(yield* records.retry(offered?.number ?? 0))
    })
  )

  it.effect("that somebody works on are not begun again by an operator, whatever was read before", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const records = yield* JobRecords
      const put = Effect.fnUntraced(function* (name: string, acquired: string) {
        const [row] = yield* sql<{ sequence: number }>`
          INSERT INTO jobs (id, queue_name, element, state, attempts, visible_at, acquired_at, acquired_by, created_at, updated_at)
          VALUES (${`held/${name}`}, 'test.held', '{}', 'pending', 2, now() + interval '1 hour',
            now() - ${acquired}::interval, gen_random_uuid(), now(), now())
          RETURNING sequence`
        return row?.sequence ?? 0
      })
      const [running, lost] = [yield* put("running", "1 second"), yield* put("lost", "1 hour")]
      const kept = sql`SELECT * FROM jobs WHERE sequence = ${running}`
      const before = yield* kept
      assert.strictEqual((yield* jobOf("held/running"))?.state, "running")
      assert.isFalse(yield* records.retry(running))
      assert.isFalse(yield* records.drop(running))
      assert.deepStrictEqual(yield* kept, before)
      assert.isTrue(yield* records.retry(lost))
      assert.deepInclude(yield* jobOf("held/lost"), { state: "waiting", attempts: 0 })
    })
  )

  it.effect("that are dead are told to whom they concern, who cannot keep them from it", () =>
    Effect.gen(function* () {
      const jobs = yield* Jobs
      const told: Array<number> = []
      const onDead = ({ id }: { readonly id: number }) =>
        Effect.andThen(
          Effect.sync(() => told.push(id)),
          id === 2 ? Effect.die("nobody listens") : Effect.void
        )
      const kind = kindOf("test.dead", { maxAttempts: 2 })
      yield* working(jobHandler(kind, () => Effect.die("a bug"), onDead))
      for (const id of [1, 2]) {
        yield* jobs.offer(kind, { id }, { id: `dead/${id}` })
        yield* until(jobOf(`dead/${id}`), (job) => job?.state === "delayed")
        assert.notInclude(told, id)
        yield* makeDue(`dead/${id}`)
        yield* until(jobOf(`dead/${id}`), (job) => job?.state === "failed")
      }
      assert.deepStrictEqual(told, [1, 2])
    })
  )

  it.effect("are tried for hours before they are dead, unless they say otherwise", () =>
    Effect.gen(function* () {
      const { maxAttempts, retry } = jobKind({ name: "test.usual", payload: Id, timeLimit: "1 second", concurrency: 1 })
      const step = yield* Schedule.toStep(retry)
      let waited = 0
      for (let attempt = 1; attempt < maxAttempts; attempt++) {
        const [, delay] = yield* step(waited, attempt)
        waited += Duration.toMillis(delay)
      }
      assert.isAbove(waited, 2 * 60 * 60 * 1000)
      assert.isBelow(waited, 4 * 60 * 60 * 1000)
    })
  )

  it.effect(
    "that were done often are forgotten after hours, but for the newest; dead letters before what they did",
    () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const jobs = yield* Jobs
        const put = (kind: string, rows: number, age: string) => sql`
        INSERT INTO jobs (id, queue_name, element, state, attempts, visible_at, created_at, updated_at)
        SELECT ${kind} || n, ${kind}, '{}', 'completed', 1, now(), now(), now() - ${age}::interval
        FROM generate_series(1, ${rows}) n`
        yield* put("test.busy", 1200, "7 hours")
        yield* put("test.young", 1200, "5 hours")
        yield* put("test.rare", 30, "29 days")
        yield* working(yield* pruneJobs)
        yield* jobs.offer(jobsPrune, {}, { id: "prune/1" })
        yield* until(jobOf("prune/1"), (job) => job?.state === "done")
        const left = (kind: string) =>
          Effect.map(sql`SELECT FROM jobs WHERE queue_name = ${kind}`, ({ length }) => length)
        assert.deepStrictEqual(yield* Effect.all(["test.busy", "test.young", "test.rare"].map(left)), [1000, 1200, 30])
        assert.isBelow(Duration.toMillis(deadKeptFor), Duration.toMillis(keptFor))
      })
  )

  it.effect("that take longer than their time limit, die, or interrupt themselves have failed", () =>
    Effect.gen(function* () {
      const jobs = yield* Jobs
      const kinds = { slow: Effect.never, dying: Effect.die("a bug"), leaving: Effect.interrupt }
      const expected = { slow: /10s/, dying: /a bug/, leaving: /interrupted/ }
      for (const name of ["slow", "dying", "leaving"] as const) {
        const kind = kindOf(`test.${name}`, { maxAttempts: 1 })
        yield* working(jobHandler(kind, () => kinds[name]))
        yield* jobs.offer(kind, { id: 1 }, { id: `fails/${name}` })
        const job = yield* until(jobOf(`fails/${name}`), (job) => job?.state === "failed")
        assert.match(job?.failure ?? "", expected[name])
      }
    })
  )

  it.effect("whose payload is of another shape are dead letters at once", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const kind = kindOf("test.shape")
      yield* working(jobHandler(kind, () => Effect.die("never called")))
      yield* sql`
        INSERT INTO jobs (id, queue_name, element, state, visible_at, created_at, updated_at)
        VALUES ('shape/1', ${kind.name}, '{"id": "one"}', 'pending', now(), now(), now())`
      const job = yield* until(jobOf("shape/1"), (job) => job?.state === "failed")
      assert.strictEqual(job?.attempts, 1)
    })
  )

  it.effect("that are stopped midway are given back, and the attempt does not count", () =>
    Effect.gen(function* () {
      const jobs = yield* Jobs
      const kind = kindOf("test.stop")
      const begun = yield* Deferred.make<void>()
      yield* jobs.offer(kind, { id: 1 }, { id: "stop/1" })
      const handler = jobHandler(kind, () => Effect.andThen(Deferred.succeed(begun, undefined), Effect.never))
      yield* Effect.raceFirst(work({ handlers: [handler], schedules: [], schedulesAfter: 0 }), Deferred.await(begun))
      const job = yield* until(jobOf("stop/1"), (job) => job?.state === "waiting")
      assert.strictEqual(job?.attempts, 0)
    })
  )

  it.effect(
    "on a schedule are offered at the start for the slot before, and then once a slot by all workers together",
    () =>
      Effect.gen(function* () {
        const kind = jobKind({
          name: "test.schedule",
          payload: NoPayload,
          maxAttempts: 1,
          timeLimit: "1 minute",
          concurrency: 1
        })
        const slots: Array<string> = []
        const handler = jobHandler(kind, (_, { id }) => Effect.sync(() => slots.push(id)))
        const worker = work({
          handlers: [handler],
          schedules: [schedule(kind, "30 * * * *")],
          schedulesAfter: "10 seconds"
        })
        yield* TestClock.setTime(Date.UTC(1970, 0, 1, 4, 0))
        yield* Effect.forkScoped(worker)
        yield* Effect.forkScoped(worker)
        yield* until(doneOf(kind.name), (done) => done === 1)
        yield* TestClock.setTime(Date.UTC(1970, 0, 1, 4, 30))
        yield* until(doneOf(kind.name), (done) => done === 2)
        yield* TestClock.setTime(Date.UTC(1970, 0, 1, 5, 30))
        yield* until(doneOf(kind.name), (done) => done === 3)
        assert.deepStrictEqual(slots, [
          "test.schedule/1970-01-01T03:30:00.000Z",
          "test.schedule/1970-01-01T04:30:00.000Z",
          "test.schedule/1970-01-01T05:30:00.000Z"
        ])
        const rows = yield* SqlClient.SqlClient.use((sql) => sql`SELECT FROM jobs WHERE queue_name = ${kind.name}`)
        assert.lengthOf(rows, 3)
      })
  )

  it.effect("on a schedule do without no slot that begins while the one before is offered", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const kind = jobKind({
        name: "test.slow-offer",
        payload: NoPayload,
        maxAttempts: 1,
        timeLimit: "1 minute",
        concurrency: 1
      })
      yield* TestClock.setTime(Date.UTC(1970, 0, 1, 4, 29))
      const worker = work({ handlers: [], schedules: [schedule(kind, "30 * * * *")], schedulesAfter: 0 })
      yield* whileHeld(
        sql`LOCK TABLE jobs IN SHARE MODE`,
        Effect.andThen(
          Effect.andThen(Effect.forkScoped(worker), TestClock.adjust("1 second")),
          Effect.andThen(waiting(1), TestClock.adjust("1 minute"))
        )
      )
      const offered = sql<{ id: string }>`SELECT id FROM jobs WHERE queue_name = ${kind.name} ORDER BY id`
      assert.deepStrictEqual(yield* until(offered, ({ length }) => length === 2), [
        { id: "test.slow-offer/1970-01-01T03:30:00.000Z" },
        { id: "test.slow-offer/1970-01-01T04:30:00.000Z" }
      ])
    })
  )

  it.effect("have their effect once, whoever repeats them; a failure leaves no note", () =>
    Effect.gen(function* () {
      const inbox = yield* Inbox
      const sql = yield* SqlClient.SqlClient
      const effects = yield* Ref.make(0)
      const work = Ref.update(effects, (n) => n + 1)
      assert.strictEqual(yield* Effect.flip(inbox.once("inbox/1", Effect.fail("not yet"))), "not yet")
      const both = yield* Effect.all([inbox.once("inbox/1", work), inbox.once("inbox/1", work)], {
        concurrency: "unbounded"
      })
      assert.deepStrictEqual([...both].sort(), [false, true])
      assert.strictEqual(yield* Ref.get(effects), 1)
      yield* sql`UPDATE job_effects SET created_at = now() - interval '91 days'`
      assert.strictEqual(yield* inbox.prune, 1)
    })
  )
})
