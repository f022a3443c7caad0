/** What happens to a consumer's runs, by the real clock and on real connections. */
import { assert, it } from "@effect/vitest"
import { Deferred, type Duration, Effect, Fiber } from "effect"
import { SqlClient } from "effect/sql"
import { consume } from "../../src/layers/Consuming.ts"
import { type Consumer, consumer } from "../../src/services/events/consumer.ts"
import { Events } from "../../src/services/events/Events.ts"
import { Inbox } from "../../src/services/jobs/Inbox.ts"
import { freshDatabase } from "../support/database.ts"
import { consuming, counted, other } from "../support/eventLog.ts"
import {
  emit,
  emitAll,
  entity,
  insert,
  onLog,
  process,
  registered,
  remembered,
  remembering,
  statusOf,
  when
} from "../support/eventTests.ts"
import { eventually } from "../support/eventually.ts"

it.live("a run may call what opens transactions, which are parts of its own", () => {
  const after: Array<string> = []
  const nested = consumer({
    name: "test.nested",
    types: [counted],
    from: "begin",
    run: Effect.fnUntraced(function* (events) {
      const sql = yield* SqlClient.SqlClient
      const inbox = yield* Inbox
      for (const { id, payload } of events) {
        yield* inbox.once(`test/${id}`, sql`INSERT INTO effects (event, n) VALUES (${id}, ${payload.n})`)
        const undone = Effect.andThen(sql`INSERT INTO effects (event, n) VALUES (${id}, -1)`, Effect.fail("undone"))
        yield* Effect.ignore(sql.withTransaction(undone))
        yield* sql.afterCommit(Effect.sync(() => after.push(`${payload.n}`)))
        // What the transaction leaves behind finds the requests' connections again.
        yield* sql.afterCommit(
          Effect.orDie(sql.withTransaction(sql`INSERT INTO effects (event, n) VALUES (${id}, ${payload.n + 10})`))
        )
      }
      if (events.some(({ payload }) => payload.n === 3)) return yield* Effect.fail("three")
    })
  })
  return onLog(
    [nested],
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* consuming([nested])
      yield* emitAll(1, 2)
      yield* when(() => after.length === 2)
      yield* eventually(statusOf("test.nested"), (record) => record?.position === 2)
      yield* emitAll(3)
      yield* eventually(statusOf("test.nested"), (record) => record?.failures === 1)
      assert.deepStrictEqual(after, ["1", "2"])
      assert.deepStrictEqual(
        (yield* sql<{ n: number }>`SELECT n FROM effects ORDER BY n`).map(({ n }) => n),
        [1, 2, 11, 12]
      )
    }).pipe(Effect.provide(Inbox.layer))
  )
})

it.live(
  "what the database took back is read when its numbers are given again, and a place beyond them goes back",
  () => {
    const one = remembering("test.one")
    const logs = remembered()
    return onLog(
      [one.it],
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        yield* consuming([one.it])
        yield* emitAll(1)
        yield* eventually(statusOf("test.one"), (record) => record?.position === 1)
        // Seen by this process and read by nobody; then PostgreSQL crashes, and they were not on its disk.
        yield* sql`UPDATE event_consumers SET retry_at = now() + interval '1 hour'`
        yield* Effect.ignore(sql.withTransaction(Effect.andThen(insert(1, 300), Effect.fail("taken back"))))
        yield* Effect.sleep("100 millis")
        yield* sql.withTransaction(sql`SELECT setval('events_id_seq', 1)`)
        const [isTaken, isAbove] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
        const slow = yield* emit(2).pipe(
          Effect.andThen(Deferred.succeed(isTaken, undefined)),
          Effect.andThen(Deferred.await(isAbove)),
          sql.withTransaction,
          Effect.forkScoped
        )
        yield* Deferred.await(isTaken)
        yield* sql`UPDATE event_consumers SET retry_at = NULL`
        yield* emit(3)
        // As long as it takes everybody to look.
        yield* Effect.sleep("1200 millis")
        yield* Deferred.succeed(isAbove, undefined)
        yield* Fiber.join(slow)
        yield* when(() => one.seen().length === 3)
        assert.deepStrictEqual(one.seen(), [1, 2, 3])

        yield* sql`UPDATE event_consumers SET position = 1000`
        yield* eventually(statusOf("test.one"), (record) => record?.position === 3)
        yield* emit(4)
        yield* when(() => one.seen().length === 4)
        assert.deepStrictEqual(logs.lines, ["Warn test.one had read up to event 1000, but 3 is the last: it goes back"])
      }).pipe(Effect.provide(logs.layer))
    )
  }
)

it.live("a run whose connection is gone has failed, and is waited with", () => {
  const counts = { lost: 0, hung: 0 }
  const lost = consumer({
    name: "test.lost",
    types: [counted],
    from: "begin",
    run: Effect.fnUntraced(function* () {
      counts.lost += 1
      const sql = yield* SqlClient.SqlClient
      yield* sql`SELECT pg_terminate_backend(pg_backend_pid())`
    })
  })
  // What it calls cannot be interrupted, and takes longer than PostgreSQL waits.
  const hung = consumer({
    name: "test.hung",
    types: [counted],
    from: "begin",
    timeLimit: "1 second",
    run: () => {
      counts.hung += 1
      return Effect.uninterruptible(Effect.sleep("7 seconds"))
    }
  })
  const all: ReadonlyArray<Consumer<SqlClient.SqlClient>> = [lost, hung]
  return onLog(
    all,
    Effect.gen(function* () {
      yield* consuming(all)
      yield* registered("test.hung")
      yield* emitAll(1)
      const [first, second] = [
        yield* eventually(statusOf("test.lost"), (record) => record?.failures === 2),
        yield* eventually(statusOf("test.hung"), (record) => record?.failures === 1)
      ]
      assert.deepInclude(first, { position: 0, failed_event: 1 })
      assert.match(first?.failure ?? "", /terminating connection|57P01|Connection|closed/i)
      assert.deepInclude(second, { position: 0, failed_event: 1 })
      assert.match(second?.failure ?? "", /TimeoutError/)
      assert.isAtMost(counts.lost, 5)
    })
  )
})

/** Sends something for each event, which takes this long. */
const mailing = (milliseconds: (n: number) => number, timeLimit: Duration.Input) => {
  const runs: Array<number> = []
  const sent: Array<number> = []
  const it = consumer({
    name: "test.mail",
    types: [counted],
    from: "begin",
    timeLimit,
    run: Effect.fnUntraced(function* (events) {
      runs.push(events.length)
      for (const { id, payload } of events) {
        yield* Effect.sleep(milliseconds(payload.n))
        sent.push(id)
      }
    })
  })
  return { it, runs, sent }
}

it.live("what takes its time for each event gets as many as its time is enough for, and does nothing twice", () => {
  const mail = mailing(() => 20, "2 seconds")
  return onLog(
    [mail.it],
    Effect.gen(function* () {
      yield* insert(1, 200)
      yield* consuming([mail.it])
      yield* eventually(statusOf("test.mail"), (record) => record?.position === 200)
      assert.lengthOf(mail.sent, 200)
      assert.isAtLeast(Math.max(...mail.runs), 8)
      assert.isAtMost(Math.max(...mail.runs), 50)
    })
  )
})

it.live("a batch that took too long is told of, read one by one, and not tried again in its size", () => {
  const mail = mailing((n) => (n > 40 ? 120 : 0), "2 seconds")
  const logs = remembered()
  return onLog(
    [mail.it],
    Effect.gen(function* () {
      yield* insert(1, 90)
      yield* consuming([mail.it])
      yield* eventually(statusOf("test.mail"), (record) => record?.position === 90)
      const ones = mail.runs.indexOf(1, 1)
      const tooMany = mail.runs[ones - 1] ?? 0
      const after = mail.runs.slice(ones)
      assert.deepStrictEqual(
        after.slice(0, tooMany),
        Array.from({ length: tooMany }, () => 1)
      )
      const largest = Math.max(...after.slice(tooMany))
      assert.isAbove(largest, 1)
      assert.isAtMost(largest, 8)
      // What the one batch had done, it did again.
      assert.isBelow(mail.sent.length - 90, tooMany)
      assert.deepStrictEqual(logs.lines, ["Warn event consumer failed over several events and gets them one by one"])
      assert.deepInclude(yield* statusOf("test.mail"), { failures: 0, behind: 0 })
    }).pipe(Effect.provide(logs.layer))
  )
})

it.live("a statement may take as long as its run", () => {
  const slow = consumer({
    name: "test.slow",
    types: [counted],
    from: "begin",
    timeLimit: "30 seconds",
    run: () => SqlClient.SqlClient.use((sql) => sql`SELECT pg_sleep(5.5)`)
  })
  return onLog(
    [slow],
    Effect.gen(function* () {
      yield* insert(1, 1)
      yield* consuming([slow])
      const record = yield* eventually(statusOf("test.slow"), (now) => now?.position === 1 || (now?.failures ?? 0) > 0)
      assert.deepInclude(record, { position: 1, failures: 0 })
    })
  )
})

it.live("a version that does not know all that a consumer consumes leaves it alone, and says so once", () => {
  const seen: Array<string> = []
  const logs = remembered()
  const version = (types: ReadonlyArray<typeof counted | typeof other>, dropped: ReadonlyArray<string> = []) => {
    const here: Array<string> = []
    const it = consumer({
      name: "test.mail",
      types,
      dropped,
      from: "begin",
      run: (events) =>
        Effect.sync(() => {
          seen.push(...events.map(({ type }) => type))
          here.push(...events.map(({ type }) => type))
        })
    })
    return { it, here }
  }
  const [older, newer, newest] = [version([counted]), version([counted, other]), version([counted], ["test.other"])]
  const typesNow = SqlClient.SqlClient.use(
    (sql) => sql<{ types: ReadonlyArray<string> }>`SELECT types FROM event_consumers`
  )
  const registeredAs = (length: number) => eventually(typesNow, ([row]) => row?.types.length === length)
  return Effect.flatMap(freshDatabase, (url) =>
    Effect.gen(function* () {
      const emitOther = Events.use((events) => events.emit(other, {}, { entity }))
      const reading = (which: typeof older) =>
        consume([which.it]).pipe(Effect.provide(process(url, [which.it])), Effect.forkScoped)
      yield* Effect.provide(reading(older), logs.layer)
      yield* registeredAs(1)
      yield* emitAll(1)
      yield* when(() => seen.length === 1)
      const rolledOut = yield* reading(newer)
      yield* registeredAs(2)
      for (let n = 0; n < 20; n++) {
        yield* emitOther
        yield* emitAll(n)
        yield* Effect.sleep("10 millis")
      }
      yield* when(() => seen.length === 41)
      assert.lengthOf(newer.here, 40)
      // What its last run did is kept: an interrupted one would be done again, by the newest.
      yield* eventually(statusOf("test.mail"), (record) => record?.behind === 0)
      // It is still not that older version's turn when nobody else is there.
      yield* Fiber.interrupt(rolledOut)
      yield* emitOther
      yield* when(() => logs.lines.length > 0)
      yield* Effect.sleep("1200 millis")
      assert.lengthOf(seen, 41)
      assert.deepStrictEqual(logs.lines, [
        "Warn test.mail consumes types of events that only a newer version knows: it is left alone"
      ])
      // Nor when it starts again.
      const said = logs.lines.length
      yield* Effect.provide(reading(older), logs.layer)
      yield* when(() => logs.lines.length > said)
      assert.lengthOf((yield* typesNow)[0]?.types ?? [], 2)
      assert.lengthOf(seen, 41)
      // Who says what it does not consume any more is a newer one.
      yield* reading(newest)
      yield* registeredAs(1)
      yield* emitAll(42)
      yield* when(() => seen.length === 42)
    }).pipe(Effect.provide(process(url, [older.it, newer.it])), Effect.scoped)
  )
})
