/** The log and its consumers: what is written, who is woken, what fails, and what an operator can do. */
import { assert, it } from "@effect/vitest"
import { Effect, Metric, Option, Ref } from "effect"
import { SqlClient } from "effect/sql"
import { consume, LongestRest } from "../../../src/layers/Consuming.ts"
import { ConsumerRecords } from "../../../src/services/events/ConsumerRecords.ts"
import { type Consumer, consumer } from "../../../src/services/events/consumer.ts"
import { Events } from "../../../src/services/events/Events.ts"
import { pruneEvents } from "../../../src/services/events/jobs.ts"
import { freshDatabase } from "../../support/database.ts"
import { consuming, counted, countInOneStatement, other } from "../../support/eventLog.ts"
import {
  emit,
  emitAll,
  entity,
  insert,
  onLog,
  process,
  registered,
  remembering,
  statusOf,
  when
} from "../../support/eventTests.ts"
import { eventually } from "../../support/eventually.ts"

const operator = { id: null, name: "operator test" }

/** Nobody looks by themselves as long as a test takes: only who was woken. */
const woken = Effect.provideService(LongestRest, "1 hour")

/** What the metric says of each consumer of this process. */
const runsEnded = Effect.map(
  Metric.snapshot,
  (all) => (consumer: string, outcome: string) =>
    all.reduce(
      (sum, { id, attributes, state }) =>
        id === "zst_event_runs_total" && attributes?.consumer === consumer && attributes?.outcome === outcome
          ? sum + Number((state as { readonly count: number }).count)
          : sum,
      0
    )
)

const failing = (name: string, holds: (failures: number) => boolean) =>
  eventually(statusOf(name), (record) => holds(record?.failures ?? 0))

it.live("an event is there if and only if its transaction commits, and wakes who consumes it at once", () => {
  const one = remembering("test.one")
  return onLog(
    [one.it],
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* woken(consuming([one.it]))
      yield* registered("test.one")
      const no = Effect.andThen(emit(1), Effect.fail("no"))
      assert.strictEqual(yield* Effect.flip(sql.withTransaction(no)), "no")
      yield* sql.withTransaction(Effect.andThen(Effect.ignore(sql.withTransaction(no)), emitAll(2, 3)))
      yield* when(() => one.seen().length === 2)
      assert.deepStrictEqual(yield* sql`SELECT type, entity, payload FROM events ORDER BY id`, [
        { type: "test.counted", entity, payload: { n: 2 } },
        { type: "test.counted", entity, payload: { n: 3 } }
      ])
      yield* sql.unsafe(countInOneStatement, [entity])
      yield* Events.use(({ told }) => told(counted))
      yield* when(() => one.seen().length === 3)
      assert.deepStrictEqual(one.seen(), [2, 3, 1])
    })
  )
})

it.live("other processes are woken by a notification", () => {
  const [here, there] = [remembering("test.here"), remembering("test.there")]
  return Effect.flatMap(freshDatabase, (url) =>
    Effect.gen(function* () {
      yield* woken(consuming([here.it]))
      yield* woken(Effect.forkScoped(Effect.provide(consume([there.it]), process(url, [here.it, there.it]))))
      yield* registered("test.here")
      yield* registered("test.there")
      yield* emit(1)
      yield* when(() => here.seen().length === 1 && there.seen().length === 1)
    }).pipe(Effect.provide(process(url, [here.it, there.it])), Effect.scoped)
  )
})

it.live("what nobody told of is found", () => {
  const one = remembering("test.one")
  return onLog(
    [one.it],
    Effect.gen(function* () {
      yield* consuming([one.it])
      yield* registered("test.one")
      yield* insert(1, 1)
      yield* when(() => one.seen().length === 1)
    })
  )
})

it.live("what waits is read in its order, 500 at a time, by one process of several", () => {
  const [first, second] = [remembering("test.shared"), remembering("test.shared")]
  return Effect.flatMap(freshDatabase, (url) =>
    Effect.gen(function* () {
      yield* insert(1, 1700)
      yield* consuming([first.it])
      yield* Effect.forkScoped(Effect.provide(consume([second.it]), process(url, [second.it])))
      yield* when(() => first.seen().length + second.seen().length === 1700)
      yield* insert(1701, 1800)
      yield* when(() => first.seen().length + second.seen().length === 1800)
      const runs = [...first.runs, ...second.runs]
      assert.deepStrictEqual(
        runs.flat().toSorted((a, b) => a - b),
        Array.from({ length: 1800 }, (_, i) => i + 1)
      )
      const largest = Math.max(...runs.map(({ length }) => length))
      assert.isAtMost(largest, 500)
      assert.isAtLeast(largest, 100)
      for (const run of runs) {
        assert.deepStrictEqual(
          run,
          Array.from(run, (_, i) => (run[0] ?? 0) + i)
        )
      }
    }).pipe(Effect.provide(process(url, [first.it])), Effect.scoped)
  )
})

it.live("a new consumer begins where it says, and one that reads little of what there is keeps up", () => {
  const [begin, now] = [remembering("test.begin"), remembering("test.now", { from: "now" })]
  const rare = consumer({ name: "test.rare", types: [other], from: "begin", run: () => Effect.void })
  const all = [begin.it, now.it, rare]
  return onLog(
    all,
    Effect.gen(function* () {
      yield* insert(1, 3000)
      yield* consuming(all)
      yield* when(() => begin.seen().length === 3000)
      yield* insert(3001, 3001)
      yield* when(() => now.seen().length > 0 && begin.seen().length === 3001)
      assert.deepStrictEqual(now.seen(), [3001])
      const record = yield* eventually(statusOf("test.rare"), (record) => record?.position === 3001)
      assert.deepInclude(record, { behind: 0, lag_seconds: 0 })
    })
  )
})

it.live(
  "an event at which a consumer fails is known and waited for; those before it and other consumers are done",
  () =>
    Effect.gen(function* () {
      const mended = yield* Ref.make(false)
      const done: Array<number> = []
      const poisoned = consumer({
        name: "test.poisoned",
        types: [counted],
        from: "begin",
        run: Effect.fnUntraced(function* (events) {
          for (const { payload } of events) {
            if (payload.n === 4 && !(yield* Ref.get(mended)))
              return yield* Effect.fail(new Error("The printer\0 is on fire"))
          }
          done.push(...events.map(({ payload }) => payload.n))
        })
      })
      const fine = remembering("test.fine")
      const all = [poisoned, fine.it]
      yield* onLog(
        all,
        Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          const records = yield* ConsumerRecords
          yield* insert(1, 7)
          yield* consuming(all)
          const first = yield* failing("test.poisoned", (failures) => failures === 1)
          assert.deepInclude(first, { behind: 4, failed_event: 4, position: 3 })
          assert.match(first?.failure ?? "", /^Error: The printer is on fire/)
          assert.deepStrictEqual(done, [1, 2, 3])
          yield* when(() => fine.seen().length === 7)
          // Pauses grow, and end with the failure.
          for (const [failures, seconds] of [
            [2, 2],
            [3, 4]
          ] as const) {
            yield* sql`UPDATE event_consumers SET retry_at = now() WHERE name = 'test.poisoned'`
            yield* failing("test.poisoned", (found) => found === failures)
            const [row] = yield* sql<{ pause: number }>`
            SELECT extract(epoch FROM retry_at - updated_at)::int AS pause FROM event_consumers
            WHERE name = 'test.poisoned'`
            assert.strictEqual(row?.pause, seconds)
          }
          assert.isFalse(yield* records.skip(operator, "test.poisoned", 5))
          assert.isTrue(yield* records.skip(operator, "test.poisoned", 4))
          const before = { type: "test.counted", event: 4, consumer: "test.poisoned" }
          assert.deepStrictEqual(yield* sql`SELECT actor, action, subject_id, before FROM audit_log`, [
            { actor: "operator test", action: "event.skip", subject_id: entity, before }
          ])
          yield* when(() => done.length === 6)
          assert.deepStrictEqual(done, [1, 2, 3, 5, 6, 7])
          const now = yield* eventually(statusOf("test.poisoned"), (record) => record?.behind === 0)
          assert.deepInclude(now, { failures: 0, failed_event: null, failure: null, retry_at: null })

          yield* Ref.set(mended, true)
          yield* records.rewind(operator, "test.poisoned", "begin")
          yield* when(() => done.length === 13)
          assert.deepStrictEqual(done.slice(6), [1, 2, 3, 4, 5, 6, 7])
        })
      )
    })
)

it.live(
  "a run that dies, takes too long, interrupts itself, spoils its transaction, or gets what it cannot read has failed",
  () => {
    const mark = (id: number) => SqlClient.SqlClient.use((sql) => sql`INSERT INTO marks VALUES (${id}, 1)`)
    type Way = readonly [run: Effect.Effect<unknown, unknown, SqlClient.SqlClient>, because: RegExp]
    const ways: Record<string, Way> = {
      dies: [Effect.die("dead"), /^(Error: )?dead/],
      hangs: [Effect.never, /^TimeoutError/],
      interrupts: [Effect.interrupt, /interrupted/],
      // It says nothing of it, and no statement of its transaction works any more.
      spoils: [Effect.ignore(mark(1)), /25P02|transaction is aborted/],
      // What only the commit refuses.
      defers: [mark(2), /23505|duplicate key/]
    }
    const failingOnes = Object.entries(ways).map(([name, [run]]) =>
      consumer({ name: `test.${name}`, types: [counted], from: "begin", timeLimit: "2 seconds", run: () => run })
    )
    const recovers = remembering("test.recovers")
    const all: ReadonlyArray<Consumer<SqlClient.SqlClient>> = [...failingOnes, recovers.it]
    return onLog(
      all,
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        yield* sql`CREATE TABLE marks (id int PRIMARY KEY, mark int UNIQUE DEFERRABLE INITIALLY DEFERRED)`
        yield* sql`INSERT INTO marks VALUES (1, 1)`
        yield* insert(1, 1)
        yield* consuming(all)
        for (const [name, [, because]] of Object.entries(ways)) {
          const record = yield* failing(`test.${name}`, (failures) => failures > 0)
          assert.match(record?.failure ?? "", because, name)
          assert.deepInclude(record, { position: 0, failed_event: 1 })
        }
        assert.deepStrictEqual(yield* sql`SELECT id FROM marks`, [{ id: 1 }])
        yield* eventually(statusOf("test.recovers"), (record) => record?.position === 1)
        yield* sql`INSERT INTO events (type, entity, payload) VALUES ('test.counted', ${entity}, '{"n": "many"}')`
        const record = yield* failing("test.recovers", (failures) => failures > 0)
        assert.match(record?.failure ?? "", /SchemaError/)
        const ended = yield* runsEnded
        assert.isAbove(ended("test.dies", "failed"), 0)
        assert.strictEqual(ended("test.dies", "done"), 0)
        assert.strictEqual(ended("test.recovers", "done"), 1)
        assert.isAbove(ended("test.recovers", "failed"), 0)
      })
    )
  }
)

it.live("consumers that hang keep no other waiting, however many they are", () => {
  const hanging = Array.from({ length: 6 }, (_, n) =>
    consumer({ name: `test.hangs${n}`, types: [counted], from: "begin", run: () => Effect.never })
  )
  const quick = remembering("test.quick")
  const all = [...hanging, quick.it]
  return onLog(
    all,
    Effect.gen(function* () {
      yield* woken(consuming(all))
      yield* registered("test.quick")
      yield* emitAll(1)
      yield* when(() => quick.seen().length === 1)
      yield* emitAll(2, 3)
      yield* when(() => quick.seen().length === 3)
    })
  )
})

it.live("how far somebody is behind is counted among the next 100,000 of the log, however few concern them", () => {
  const { it } = remembering("test.rare")
  return onLog(
    [it],
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const records = yield* ConsumerRecords
      yield* records.register(it)
      yield* insert(1, 2, "2 hours")
      yield* sql`ALTER TABLE events ALTER COLUMN id RESTART WITH 100001`
      yield* insert(3, 5)
      const record = yield* statusOf(it.name)
      assert.strictEqual(record?.behind, 2)
      assert.approximately(record?.lag_seconds ?? 0, 7200, 60)
    })
  )
})

it.live("a failure is not told of a place that somebody else has moved on from", () => {
  const { it } = remembering("test.moved")
  return onLog(
    [it],
    Effect.gen(function* () {
      const records = yield* ConsumerRecords
      yield* records.register(it)
      yield* records.fail(it.name, { position: 7, event: 8, text: "late" })
      assert.deepInclude(yield* statusOf(it.name), { position: 0, failures: 0, failure: null, retry_at: null })
      yield* records.fail(it.name, { position: 0, event: 1, text: "now" })
      assert.deepInclude(yield* statusOf(it.name), { failures: 1, failed_event: 1, failure: "now" })
    })
  )
})

it.live("rewinding to a time reads again what happened since", () => {
  const one = remembering("test.one")
  return onLog(
    [one.it],
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const records = yield* ConsumerRecords
      yield* insert(1, 2, "2 days")
      yield* insert(3, 4, "1 hour")
      yield* consuming([one.it])
      yield* when(() => one.seen().length === 4)
      const [row] = yield* sql<{ time: Date }>`SELECT now() - interval '1 day' AS time`
      assert.deepStrictEqual(yield* records.rewind(operator, "test.one", row?.time ?? "begin"), Option.some(2))
      yield* when(() => one.seen().length === 6)
      assert.deepStrictEqual(one.seen(), [1, 2, 3, 4, 3, 4])
      // What was not read yet is no place to go back to.
      assert.deepStrictEqual(yield* records.rewind(operator, "test.one", new Date("2100-01-01")), Option.none())
    })
  )
})

it.live("events are dropped after thirty days, unread ones after ninety", () => {
  const one = remembering("test.one")
  return onLog(
    [one.it],
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const records = yield* ConsumerRecords
      yield* insert(1, 6000, "91 days")
      yield* insert(6001, 6001, "31 days")
      yield* insert(6002, 6002, "29 days")
      yield* records.register(one.it)
      const prune = Effect.flatMap(pruneEvents, (handler) => handler.run({}, { id: "test", attempts: 1 }))
      const kept = Effect.map(sql<{ n: number }>`SELECT (payload ->> 'n')::int AS n FROM events ORDER BY id`, (rows) =>
        rows.map(({ n }) => n)
      )
      yield* prune
      assert.deepStrictEqual(yield* kept, [6001, 6002])
      yield* consuming([one.it])
      yield* when(() => one.seen().length === 2)
      yield* eventually(statusOf("test.one"), (record) => record?.behind === 0)
      yield* prune
      assert.deepStrictEqual(yield* kept, [6002])
      assert.deepStrictEqual(yield* records.rewind(operator, "test.one", "begin"), Option.some(6001))
    })
  )
})

it.live("who reads nothing of what there is keeps nothing from being dropped", () => {
  const rare = consumer({ name: "test.rare", types: [other], from: "begin", run: () => Effect.void })
  return onLog(
    [rare],
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* ConsumerRecords.use(({ register }) => register(rare))
      yield* insert(1, 3, "31 days")
      yield* consuming([rare])
      yield* eventually(statusOf("test.rare"), (record) => record?.position === 3)
      yield* Effect.flatMap(pruneEvents, (handler) => handler.run({}, { id: "test", attempts: 1 }))
      assert.lengthOf(yield* sql`SELECT FROM events`, 0)
    })
  )
})
