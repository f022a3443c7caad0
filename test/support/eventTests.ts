/** What tests of the event log share: a log on a fresh database, and consumers of whom it is known what they got. */
import { Effect, Layer, Logger, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { pool } from "../../src/layers/Postgres.ts"
import { ConsumerRecords } from "../../src/services/events/ConsumerRecords.ts"
import { type Consumer, consumer } from "../../src/services/events/consumer.ts"
import { Events } from "../../src/services/events/Events.ts"
import { freshDatabase } from "./database.ts"
import { counted, entityAt, LogServices, makeTables } from "./eventLog.ts"
import { eventually } from "./eventually.ts"

export const entity = entityAt(1)

/** A consumer that remembers what it got, each run as a list of numbers. */
export const remembering = (name: `test.${string}`, options: { readonly from?: "begin" | "now" } = {}) => {
  const runs: Array<ReadonlyArray<number>> = []
  const it = consumer({
    name,
    types: [counted],
    from: "begin",
    ...options,
    run: (events) => Effect.sync(() => runs.push(events.map(({ payload }) => payload.n)))
  })
  return { it, runs, seen: () => runs.flat() }
}

/** A process of its own over this database: connections, signals, and what its consumers read. */
export const process = <R>(url: string, consumers: ReadonlyArray<Consumer<R>>) =>
  LogServices(consumers).pipe(Layer.provideMerge(pool({ url: Redacted.make(url), maxConnections: 4 })))

export const onLog = <A, E, R, R2>(consumers: ReadonlyArray<Consumer<R2>>, test: Effect.Effect<A, E, R>) =>
  Effect.flatMap(freshDatabase, (url) =>
    Effect.andThen(makeTables(3), test).pipe(Effect.provide(process(url, consumers)), Effect.provide(Logger.layer([])))
  )

export const emit = (n: number) => Events.use((events) => events.emit(counted, { n }, { entity }))
export const emitAll = (...numbers: ReadonlyArray<number>) => Effect.forEach(numbers, emit, { discard: true })

/** Written without telling anybody: only a look finds it. */
export const insert = (from: number, to: number, age = "0 days") =>
  SqlClient.SqlClient.use(
    (sql) => sql`
      INSERT INTO events (type, entity, payload, created_at)
      SELECT 'test.counted', ${entity}, jsonb_build_object('n', n), now() - ${age}::interval
      FROM generate_series(${from}::int, ${to}::int) n`
  )

export const statusOf = (name: string) =>
  ConsumerRecords.use(({ list }) => Effect.map(list, (all) => all.find((record) => record.name === name)))

/** From then on it listens. */
export const registered = (name: string) => eventually(statusOf(name), (record) => record !== undefined)

/** By the real clock. */
export const when = (holds: () => boolean) => eventually(Effect.sync(holds), (it) => it)

/** What was logged, as level and message. */
export const remembered = () => {
  const lines: Array<string> = []
  const layer = Logger.layer([
    Logger.make(({ logLevel, message }) => {
      lines.push(`${logLevel} ${Array.isArray(message) ? message[0] : message}`)
    })
  ])
  return { layer, lines }
}
