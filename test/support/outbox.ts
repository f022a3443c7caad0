/** Facts that are written with an event, two listeners that have an effect on each, and points at which a process dies. */
import { Effect, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"
import * as JobQueue from "../../src/layers/JobQueue.ts"
import * as Jobs from "../../src/layers/Jobs.ts"
import { work } from "../../src/layers/Worker.ts"
import { Events, eventType } from "../../src/services/events/Events.ts"
import { listener, relay } from "../../src/services/events/listeners.ts"
import { Inbox } from "../../src/services/jobs/Inbox.ts"

export const tables = [
  "CREATE TABLE facts (id text PRIMARY KEY)",
  // No key, so that nothing but the outbox keeps an effect from happening twice.
  "CREATE TABLE deliveries (listener text NOT NULL, fact text NOT NULL)",
  "CREATE TABLE effects (listener text NOT NULL, fact text NOT NULL)"
]

export const listenerNames = ["test.ledger", "test.mail"]

/** No more than that: a hundred processes start with it. */
export const OutboxServices = Layer.merge(Events.layer, Inbox.layer).pipe(
  Layer.provideMerge(Jobs.layer),
  Layer.provideMerge(JobQueue.layer),
  Layer.provide(Layer.succeed(JobQueue.JobLockSeconds, 1))
)

const happened = eventType({ name: "test.happened", payload: Schema.Struct({ id: Schema.String }) })

type Point = () => void

const listenersOf = (point: Point) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const inbox = yield* Inbox
    return listenerNames.map((name) =>
      listener(
        happened,
        { name, maxAttempts: 50, timeLimit: "10 seconds", concurrency: 2 },
        Effect.fnUntraced(function* ({ id: fact }, { id }) {
          point()
          yield* sql`INSERT INTO deliveries ${sql.insert({ listener: name, fact })}`
          point()
          const effect = sql`INSERT INTO effects ${sql.insert({ listener: name, fact })}`
          yield* inbox.once(
            id,
            Effect.tap(effect, () => Effect.sync(() => aroundCommit(point)))
          )
          point()
        })
      )
    )
  })

/** Now, and when the statement that comes next is on its way or has arrived. */
const aroundCommit = (point: Point) => {
  point()
  setImmediate(point)
}

export const passingOn = (point: Point) =>
  Effect.gen(function* () {
    const listeners = yield* listenersOf(point)
    const handlers = [yield* relay([happened], listeners), ...listeners.map(({ handler }) => handler)]
    return yield* work({ handlers, schedules: [], schedulesAfter: 0 })
  })

/** Writes one fact with its event; every third is taken back, and named so. */
export const emitting = (point: Point, name: string, number: number) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const events = yield* Events
    const isTakenBack = number % 3 === 0
    const id = `${isTakenBack ? "back" : "kept"}-${name}-${number}`
    point()
    yield* Effect.gen(function* () {
      yield* sql`INSERT INTO facts ${sql.insert({ id })}`
      yield* events.emit(happened, { id }, { entity: id })
      aroundCommit(point)
      if (isTakenBack) return yield* Effect.fail("taken back")
    }).pipe(
      sql.withTransaction,
      Effect.catchIf(
        (error) => error === "taken back",
        () => Effect.void
      )
    )
    point()
  })
