/** The event log by itself, over a database, with event types and consumers of a test's own. */
import { Effect, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { consume } from "../../src/layers/Consuming.ts"
import { Audit } from "../../src/services/audit/Audit.ts"
import { ConsumerRecords } from "../../src/services/events/ConsumerRecords.ts"
import type { Consumer, EventOf } from "../../src/services/events/consumer.ts"
import { Events } from "../../src/services/events/Events.ts"
import { eventType, insertEvent } from "../../src/services/events/eventType.ts"
import { Wakeups } from "../../src/services/events/Wakeups.ts"

/** `n` counts what happened to one entity. */
export const counted = eventType({ name: "test.counted", payload: Schema.Struct({ n: Schema.Int }) })
export const other = eventType({ name: "test.other", payload: Schema.Struct({}) })

/** An entity's next number and its event, in one statement. */
export const countInOneStatement = `
  WITH moved AS (UPDATE entities SET n = n + 1 WHERE id = $1::uuid RETURNING id, n),
  told AS (${insertEvent(counted, { entity: "id", payload: { n: "n" }, from: "moved" })})
  SELECT n FROM moved`

export const tables = [
  "CREATE TABLE entities (id uuid PRIMARY KEY, n int NOT NULL DEFAULT 0)",
  // No key, so that nothing but the log keeps an effect from happening twice.
  "CREATE TABLE effects (at bigint GENERATED ALWAYS AS IDENTITY, event bigint, entity uuid, n int)"
]

export const entityAt = (i: number) => `01900000-0000-7000-8000-${String(i).padStart(12, "0")}`

export const makeTables = Effect.fnUntraced(function* (entities: number) {
  const sql = yield* SqlClient.SqlClient
  for (const table of tables) yield* sql.unsafe(table)
  for (let i = 0; i < entities; i++) yield* sql`INSERT INTO entities (id) VALUES (${entityAt(i)})`
})

export const LogServices = <R>(consumers: ReadonlyArray<Consumer<R>>) =>
  Layer.merge(Events.layer, ConsumerRecords.layer).pipe(
    Layer.provideMerge(Wakeups.layer(consumers)),
    Layer.provide(Audit.layer)
  )

/** Reads in the background, as a process of its own would, until the scope closes. */
export const consuming = <R>(consumers: ReadonlyArray<Consumer<R>>) => Effect.forkScoped(consume(consumers))

/** An effect of each event, in their order. */
export const recordEffects = (sql: SqlClient.SqlClient, events: ReadonlyArray<EventOf<typeof counted>>) => {
  const rows = events.map(({ id, entity, payload }) => ({ event: id, entity, n: payload.n }))
  return sql`
    INSERT INTO effects (event, entity, n)
    SELECT event, entity, n FROM jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) AS r (event bigint, entity uuid, n int)`
}
