/** Writes events and consumes them until it has passed so many points; then it is killed where it stands. */
import { appendFileSync } from "node:fs"
import { Effect, Layer, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { consume } from "../../src/layers/Consuming.ts"
import { pool } from "../../src/layers/Postgres.ts"
import { consumer } from "../../src/services/events/consumer.ts"
import { Events } from "../../src/services/events/Events.ts"
import { counted, countInOneStatement, entityAt, LogServices, recordEffects } from "./eventLog.ts"

const { DATABASE_URL = "", POINTS = "1", MAILS = "", ENTRIES = "", LANE = "0" } = process.env

let left = Number(POINTS)
const point = () => {
  left -= 1
  if (left === 0) process.kill(process.pid, "SIGKILL")
}

/** Now, and when the statements that come next are on their way or have arrived. */
const aroundCommit = () => {
  point()
  setImmediate(point)
  setTimeout(point, 1)
}

/** What it writes to the database happens once, however often it is begun. */
const ledger = consumer({
  name: "test.ledger",
  types: [counted],
  from: "begin",
  run: Effect.fnUntraced(function* (events) {
    const sql = yield* SqlClient.SqlClient
    point()
    for (const { id } of events) appendFileSync(ENTRIES, `${id}\n`)
    yield* recordEffects(sql, events)
    aroundCommit()
  })
})

/** What it does elsewhere happens at least once. */
const mail = consumer({
  name: "test.mail",
  types: [counted],
  from: "begin",
  run: (events) =>
    Effect.sync(() => {
      point()
      for (const { id } of events) appendFileSync(MAILS, `${id}\n`)
      aroundCommit()
    })
})

class TakenBack extends Error {}

let written = Number(LANE)
const write = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const events = yield* Events
  written += 1
  const entity = entityAt(written % 7)
  point()
  if (written % 3 === 0) {
    yield* sql.unsafe(countInOneStatement, [entity])
    yield* events.told(counted)
    return point()
  }
  yield* Effect.gen(function* () {
    const [row] = yield* sql<{ n: number }>`UPDATE entities SET n = n + 1 WHERE id = ${entity} RETURNING n`
    yield* events.emit(counted, { n: row?.n ?? 0 }, { entity })
    aroundCommit()
    if (written % 4 === 0) return yield* Effect.fail(new TakenBack())
  }).pipe(
    sql.withTransaction,
    Effect.catchIf(
      (error) => error instanceof TakenBack,
      () => Effect.void
    )
  )
  point()
})

/** Consumers keep up, so that it is them as often who are killed. */
const unhurried = Effect.andThen(write, Effect.sleep("8 millis"))

const consumers = [ledger, mail]
const services = LogServices(consumers).pipe(
  Layer.provideMerge(pool({ url: Redacted.make(DATABASE_URL), maxConnections: 6 }))
)

await Effect.runPromise(
  Effect.all([consume(consumers), Effect.forever(unhurried), Effect.forever(unhurried)], {
    concurrency: "unbounded",
    discard: true
  }).pipe(Effect.provide(services))
)
