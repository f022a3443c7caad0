import { assert, layer } from "@effect/vitest"
import { Effect, Fiber, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { consume } from "../../src/layers/Consuming.ts"
import { consumer } from "../../src/services/events/consumer.ts"
import { eventType } from "../../src/services/events/eventType.ts"
import { locks } from "../../src/services/locks.ts"
import { LogServices } from "../support/eventLog.ts"
import { eventually } from "../support/eventually.ts"
import { commandsOf, DatabaseUrl, OnDatabase } from "./commands.ts"
import { data, zst } from "./zst.ts"

const { command, says, refuses } = commandsOf("events")

const happened = eventType({ name: "test.happened", payload: Schema.Struct({ n: Schema.Int }) })

const entity = "01900000-0000-7000-8000-000000000001"

/** Ten events, of which the first five are of last year, and a consumer that fails at the eighth. */
const given = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`TRUNCATE events, event_consumers, audit_log RESTART IDENTITY`
  yield* sql`
    INSERT INTO events (type, entity, payload, created_at)
    SELECT 'test.happened', ${entity}, jsonb_build_object('n', n), now() - (n <= 5)::int * interval '20 days'
    FROM generate_series(1, 10) n`
  yield* sql`
    INSERT INTO event_consumers (name, types, position, failures, failed_event, failure, retry_at)
    VALUES ('test.broken', '{test.happened}', 7, 3, 8, E'Error: The disk is full\n    at save', now() + interval '1 hour')`
})

const place = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql`SELECT position, failures, failed_event, retry_at FROM event_consumers`
  return row
})

/** What the audit log has of it, without whom it names. */
const audited = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ actor: string }>`
    SELECT a.action, a.actor, a.before, a.after, c.name AS subject
    FROM audit_log a LEFT JOIN event_consumers c ON c.id = a.subject_id WHERE a.action LIKE 'consumer.%'
    ORDER BY a.created_at`
  return rows.map(({ actor, ...entry }) => {
    assert.match(actor, /^operator /)
    return entry
  })
})

const mended = (position: number) => ({ position, failures: 0, failed_event: null, retry_at: null })

layer(OnDatabase, { timeout: "60 seconds" })("zst events", (it) => {
  it.effect("says when there is nothing", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* says("status"), "Nobody consumes events.\nThe log is empty.\n")
      yield* refuses(1, /^There is no consumer "a\.b": see zst events status\.\n$/, "skip", "a.b")
      yield* refuses(1, /^There is no event 17; /, "show", "17")
      for (const time of ["yesterday", "2026-02-31", "2026-02-31T08:30Z", "2026-02-28T25:00Z"]) {
        yield* refuses(2, /Expected a time such as 2026-11-01T08:30Z/, "rewind", "a.b", "--to", time)
      }
    })
  )

  it.effect("shows how far everybody has read, where one fails, and at what", () =>
    Effect.gen(function* () {
      yield* given
      const status = yield* says("status")
      assert.match(status, /^consumer +state +behind +lag +at +failure\n/)
      assert.match(
        status,
        /\ntest\.broken +not there +3 +\d+ s +7 +event 8, 3 times, again [\d:]{8}: Error: The disk is full\n/
      )
      assert.match(status, /\nEvents 1 to 10 are kept, since \S+Z\.\n$/)
      const { consumers, log } = data(yield* command("status", "--json"))
      assert.deepInclude(consumers[0], { name: "test.broken", behind: 3, position: 7, failed_event: 8 })
      assert.deepInclude(log, { first: 1, last: 10, horizon: 10 })
      const shown = yield* says("show", "8")
      assert.match(shown, /^number +8\ntype +test\.happened\nentity +01900000-.*\ntime +\S+\npayload +\{"n":8\}\n$/)
      const { checks } = data(yield* zst(["doctor", "--json"], { env: { DATABASE_URL: yield* DatabaseUrl } }))
      const check = checks.find(({ name }: { name: string }) => name === "Events")
      assert.deepInclude(check, { status: "warning", found: "test.broken fails at event 8" })
      assert.match(check.advice, /zst events forget/)
    })
  )

  it.effect("shows which field of an event a consumer cannot read", () =>
    Effect.gen(function* () {
      yield* given
      const sql = yield* SqlClient.SqlClient
      const grown = consumer({
        name: "test.grown",
        types: [eventType({ name: "test.happened", payload: Schema.Struct({ more: Schema.Int }) })],
        from: "begin",
        run: () => Effect.void
      })
      yield* consume([grown]).pipe(Effect.provide(LogServices([grown])), Effect.forkScoped)
      yield* eventually(
        sql`SELECT FROM event_consumers WHERE name = 'test.grown' AND failure IS NOT NULL`,
        ({ length }) => length > 0
      )
      assert.match(
        yield* says("status"),
        /\ntest\.grown .* event 1, \d+ times, again [\d:]{8}: SchemaError: Missing key at \["more"\]\n/
      )
    })
  )

  it.effect("steps over the event at which a consumer fails, and writes down who did", () =>
    Effect.gen(function* () {
      yield* given
      const sql = yield* SqlClient.SqlClient
      assert.strictEqual(yield* says("skip", "test.broken", "--dry-run"), "test.broken would step over event 8.\n")
      assert.deepInclude(yield* place, { position: 7, failures: 3 })
      assert.strictEqual(yield* says("skip", "test.broken"), "test.broken steps over event 8 and goes on.\n")
      assert.deepStrictEqual(yield* place, mended(8))
      yield* refuses(1, /^test\.broken fails at no event: there is nothing to step over\.\n$/, "skip", "test.broken")
      const [entry] = yield* sql`SELECT action, actor, before ->> 'consumer' AS consumer FROM audit_log`
      assert.deepInclude(entry, { action: "event.skip", consumer: "test.broken" })
      assert.match(String(entry?.actor), /^operator /)
    })
  )

  it.effect("rewinds to a time or to the begin, after saying how much that is", () =>
    Effect.gen(function* () {
      yield* given
      const day = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10)
      const again = yield* says("rewind", "test.broken", "--to", day, "--dry-run")
      assert.strictEqual(again, "test.broken would go back to event 6: 5 events to read.\n")
      assert.deepInclude(yield* place, { position: 7, failures: 3 })
      assert.strictEqual(
        yield* says("rewind", "test.broken", "--to", day),
        "test.broken goes back to event 6: 5 events to read.\n"
      )
      assert.deepStrictEqual(yield* place, mended(5))
      const rewound = data(yield* command("rewind", "test.broken", "--json"))
      assert.deepStrictEqual(rewound, { consumer: "test.broken", position: 0, behind: 10 })
      const went = (from: number, to: number) => ({
        action: "consumer.rewind",
        before: { consumer: "test.broken", position: from },
        after: { consumer: "test.broken", position: to },
        subject: "test.broken"
      })
      assert.deepStrictEqual(yield* audited, [went(7, 5), went(5, 0)])
    })
  )

  it.effect("refuses to rewind to where nothing was read, and changes nothing", () =>
    Effect.gen(function* () {
      yield* given
      const before = yield* place
      const sql = yield* SqlClient.SqlClient
      // The first that the consumer has not read: there is no way back to it.
      yield* sql`UPDATE events SET created_at = '2090-01-01' WHERE id >= 8`
      for (const time of ["2099-01-01", "2089-12-31"]) {
        const said = new RegExp(
          `^test\\.broken has read no event since ${time}T00:00:00\\.000Z that is kept: it stays\\.\n$`
        )
        yield* refuses(1, said, "rewind", "test.broken", "--to", time, "--dry-run")
        yield* refuses(1, said, "rewind", "test.broken", "--to", time)
      }
      assert.deepStrictEqual(yield* place, before)
      assert.deepStrictEqual(yield* audited, [])
    })
  )

  it.effect("forgets nobody for whom a process of another version reads", () =>
    Effect.gen(function* () {
      yield* given
      const another = consumer({ name: "test.broken", types: [happened], from: "begin", run: () => Effect.void })
      const reading = yield* consume([another]).pipe(Effect.provide(LogServices([another])), Effect.forkScoped)
      const refused = /^A process of another version reads for test\.broken: stop that first\.\n$/
      const readers = SqlClient.SqlClient.use((sql) => sql`SELECT FROM pg_locks WHERE classid = ${locks.consumers}`)
      yield* eventually(readers, ({ length }) => length > 0)
      yield* refuses(1, refused, "forget", "test.broken", "--dry-run")
      yield* refuses(1, refused, "forget", "test.broken")
      assert.isDefined(yield* place)
      yield* Fiber.interrupt(reading)
      yield* eventually(readers, ({ length }) => length === 0)
      yield* says("forget", "test.broken")
      assert.isUndefined(yield* place)
    })
  )

  it.effect("forgets a consumer that is not there any more", () =>
    Effect.gen(function* () {
      yield* given
      assert.strictEqual(yield* says("forget", "test.broken", "--dry-run"), "test.broken would be forgotten.\n")
      assert.strictEqual(yield* says("forget", "test.broken"), "test.broken is forgotten; it had read up to event 7.\n")
      assert.isUndefined(yield* place)
      assert.deepStrictEqual(yield* audited, [
        {
          action: "consumer.forget",
          before: { consumer: "test.broken", position: 7 },
          after: null,
          subject: null
        }
      ])
    })
  )
})
