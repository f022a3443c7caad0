/**
 * Eight writers whose transactions take their time, are rolled back as a whole or in part, and change the same few
 * things: the log is read whole, once, and in the order in which things happened.
 */
import { assert, it } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { pool } from "../../src/layers/Postgres.ts"
import { consumer } from "../../src/services/events/consumer.ts"
import { Events } from "../../src/services/events/Events.ts"
import { freshDatabase } from "../support/database.ts"
import {
  consuming,
  counted,
  countInOneStatement,
  entityAt,
  LogServices,
  makeTables,
  recordEffects
} from "../support/eventLog.ts"
import { randomFrom, seed } from "../support/random.ts"

const writers = 8
const each = Number(process.env.EVENTS_EACH ?? 80)
const entities = 12

const record = consumer({
  name: "test.record",
  types: [counted],
  from: "begin",
  run: Effect.fnUntraced(function* (events) {
    const sql = yield* SqlClient.SqlClient
    yield* recordEffects(sql, events)
  })
})

const pause = (random: () => number, most: number) => Effect.sleep(random() ** 3 * most)

/** Moves an entity on, with its event, and then takes its time, with the entity locked. */
const count = Effect.fnUntraced(function* (random: () => number, most: number) {
  const sql = yield* SqlClient.SqlClient
  const events = yield* Events
  const entity = entityAt(Math.floor(random() * entities))
  const [row] = yield* sql<{ n: number }>`UPDATE entities SET n = n + 1 WHERE id = ${entity} RETURNING n`
  yield* pause(random, most)
  yield* events.emit(counted, { n: row?.n ?? 0 }, { entity })
  yield* pause(random, most)
})

const transaction = Effect.fnUntraced(function* (random: () => number) {
  const sql = yield* SqlClient.SqlClient
  const shape = random()
  if (shape < 0.2) {
    const entity = entityAt(Math.floor(random() * entities))
    return yield* sql.unsafe(countInOneStatement, [entity])
  }
  yield* Effect.gen(function* () {
    // What is undone to a savepoint lets go of its announcement, and what comes after it has its own.
    if (random() < 0.3) {
      const undone = Effect.andThen(count(random, 3), Effect.fail("undone"))
      yield* Effect.ignore(sql.withTransaction(undone))
    }
    if (shape < 0.9) yield* count(random, 25)
    if (random() < 0.25) return yield* Effect.fail("taken back")
  }).pipe(sql.withTransaction, Effect.ignore)
})

it.live(
  `eight writers: no event is lost, none is read twice, each entity's come in order (SEED=${seed})`,
  () =>
    Effect.gen(function* () {
      const url = yield* freshDatabase
      const database = pool({ url: Redacted.make(url), maxConnections: writers + 4 })
      yield* Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        yield* makeTables(entities)
        yield* consuming([record])

        // Whoever goes by the highest id that they see, for comparison.
        let naive = 0
        let naivelyRead = 0
        const readNaively = Effect.gen(function* () {
          const rows = yield* sql<{ id: number }>`SELECT id FROM events WHERE id > ${naive} ORDER BY id`
          naive = rows.at(-1)?.id ?? naive
          naivelyRead += rows.length
        })
        const naiveReader = yield* Effect.forkScoped(Effect.forever(Effect.andThen(readNaively, Effect.sleep(2))))

        const writer = (lane: number) => {
          const random = randomFrom(seed + lane)
          return Effect.repeat(transaction(random), { times: each - 1 })
        }
        yield* Effect.all(
          Array.from({ length: writers }, (_, lane) => writer(lane)),
          { concurrency: "unbounded", discard: true }
        )
        const unread = sql`SELECT FROM events WHERE id NOT IN (SELECT event FROM effects)`
        const left = yield* Effect.repeat(Effect.delay(unread, 50), { until: ({ length }) => length === 0, times: 200 })
        assert.lengthOf(left, 0, "events were lost")
        naiveReader.interruptUnsafe()

        const [found] = yield* sql<Record<"written" | "effects" | "different" | "counted", number>>`
          SELECT (SELECT count(*)::int FROM events) AS written, (SELECT count(*)::int FROM effects) AS effects,
            (SELECT count(DISTINCT event)::int FROM effects) AS different,
            (SELECT sum(n)::int FROM entities) AS counted`
        const written = found?.written ?? 0
        assert.deepStrictEqual(found, { written, effects: written, different: written, counted: written })
        assert.isAbove(written, (writers * each) / 3)
        const [order] = yield* sql<Record<"byEntity" | "byId", number>>`
          SELECT count(*) FILTER (WHERE n <> number)::int AS "byEntity", count(*) FILTER (WHERE event < before)::int AS "byId"
          FROM (
            SELECT n, row_number() OVER (PARTITION BY entity ORDER BY at) AS number, event,
              lag(event) OVER (ORDER BY at) AS before
            FROM effects) e`
        assert.deepStrictEqual(order, { byEntity: 0, byId: 0 })
        // Otherwise nobody was slow enough, and the test has shown nothing.
        assert.isBelow(naivelyRead, written)
        yield* Effect.logInfo(`${written} events; by the highest id ${written - naivelyRead} would be lost`)
      }).pipe(Effect.provide(Layer.provideMerge(LogServices([record]), database)))
    }),
  { timeout: 120_000 }
)
