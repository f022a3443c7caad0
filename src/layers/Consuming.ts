/** Reads the event log for the consumers of this process, until it is interrupted. */
import { PgConnection, PgPool } from "@effect/sql-pg"
import { type Cause, Context, Duration, Effect, Metric, Queue } from "effect"
import { SqlClient } from "effect/sql"
import { batchesWithin } from "../services/events/batches.ts"
import { announceReader, ConsumerRecords } from "../services/events/ConsumerRecords.ts"
import type { Consumer } from "../services/events/consumer.ts"
import { longestOf, type Run, rest, type Step, step } from "../services/events/reading.ts"
import { Wakeups, wakeupChannel } from "../services/events/Wakeups.ts"
import { usualPatience } from "../services/patience.ts"
import { Connecting } from "./Postgres.ts"
import { sessionOn } from "./postgres/session.ts"
import { transactionOn } from "./postgres/TransactionsOn.ts"
import { failureText } from "./Worker.ts"

/** What is committed meanwhile is read together. */
const betweenLooks = "5 millis"
const betweenConnections = "500 millis"

/** After that everybody looks, though nobody has told of anything. */
export const LongestRest = Context.Reference<Duration.Input>("zst/events/LongestRest", {
  defaultValue: () => "1 second"
})

/** PostgreSQL ends a statement itself before that. */
const longestSilence = Duration.sum(usualPatience, Duration.seconds(2))

/** More new events than these are not looked through for their types (events_since). */
const mostLookedThrough = 10_000

type Reader<R> = {
  readonly consumer: Consumer<R>
  readonly woken: Queue.Queue<void>
  /** A newer version is about that knows more of what it consumes. */
  isLeftAlone: boolean
}

type InTransaction = Effect.Success<ReturnType<typeof ownTransactions>>

const runs = Metric.counter("zst_event_runs_total", {
  description: "Runs of event consumers that ended here",
  incremental: true
})

const count = (consumer: string, outcome: "done" | "failed") =>
  Metric.update(Metric.withAttributes(runs, { consumer, outcome }), 1)

/**
 * Looks how far the log can be read, when it is told of something and every second, and wakes whom it concerns. It has a
 * connection of its own, on which it listens as well and waits for nobody.
 */
const looking = <R>(
  readers: ReadonlyArray<Reader<R>>,
  inTransaction: InTransaction,
  onConnected: Effect.Effect<void>
) =>
  Effect.gen(function* () {
    const wakeups = yield* Wakeups
    const records = yield* ConsumerRecords
    const longestRest = yield* LongestRest
    const connection = yield* Effect.flatMap(PgConnection.make((yield* Connecting)(usualPatience)), ({ pin }) => pin)
    // A notification is no answer, and the socket cannot tell them apart.
    const query = (statement: string, params: ReadonlyArray<unknown>) =>
      Effect.timeout(connection.query(statement, params), longestSilence)
    const notifications = yield* connection.listen(wakeupChannel)
    for (const { consumer } of readers) {
      yield* query(announceReader, [consumer.name])
      yield* inTransaction(records.register(consumer))
    }
    yield* onConnected

    const wake = (concerns: (consumer: Consumer<R>) => boolean) => {
      for (const { consumer, woken } of readers) if (concerns(consumer)) Queue.offerUnsafe(woken, undefined)
    }

    // Of this connection: after a crash PostgreSQL may give ids again that were taken and did not reach its disk.
    let seen = 0

    /** Whether something was written that cannot be read yet: another look follows soon. */
    const look = Effect.gen(function* () {
      const { rows } = yield* query("SELECT * FROM events_since($1::bigint)", [seen])
      const [horizon, last] = [Number(rows[0]?.horizon), Number(rows[0]?.last)]
      if (horizon > seen) {
        const isMuch = horizon - seen > mostLookedThrough
        const written = new Set(Array.isArray(rows[0]?.types) ? rows[0].types : [])
        seen = horizon
        wake(({ types }) => isMuch || types.some(({ name }) => written.has(name)))
      }
      return horizon < last
    })

    const looks = Effect.flatMap(look, (isHeldBack) =>
      Effect.andThen(
        Effect.sleep(betweenLooks),
        isHeldBack ? Effect.void : Effect.timeoutOption(wakeups.woken, longestRest)
      )
    )

    const hear = Effect.andThen(Queue.take(notifications), wakeups.wakeHere)

    /** Finds what nobody told of, what another process has left, and what was waited with after a failure. */
    const tick = Effect.gen(function* () {
      const found = yield* inTransaction(records.due(readers.map(({ consumer }) => consumer)))
      const due = new Map(found.map(({ name, is_known }) => [name, is_known]))
      for (const reader of readers) {
        const { name } = reader.consumer
        const isNewer = due.get(name) === false
        if (isNewer && !reader.isLeftAlone) {
          yield* Effect.logWarning(`${name} consumes types of events that only a newer version knows: it is left alone`)
        }
        reader.isLeftAlone = isNewer || (reader.isLeftAlone && !due.has(name))
      }
      wake(({ name }) => due.get(name) === true)
      yield* Effect.sleep(longestRest)
    })

    const work = [Effect.forever(looks), Effect.forever(hear), Effect.forever(tick)]
    return yield* Effect.all(work, { concurrency: "unbounded", discard: true })
  }).pipe(Effect.scoped)

/** Looks again and again, also when the database was away. */
const watching = <R>(readers: ReadonlyArray<Reader<R>>, inTransaction: InTransaction) => {
  let isAway = false
  const isBack = Effect.suspend(() => {
    if (!isAway) return Effect.void
    isAway = false
    return Effect.logInfo("the event log is watched again")
  })
  return looking(readers, inTransaction, isBack).pipe(
    Effect.catchCause((cause) => {
      if (isAway) return Effect.void
      isAway = true
      return Effect.logWarning("the event log cannot be watched", cause)
    }),
    Effect.andThen(Effect.sleep(betweenConnections)),
    Effect.forever
  )
}

/**
 * Transactions on so many connections that requests do not use: consumers wait for none of them nor for each other, and
 * take none from them when what they do takes long.
 */
const ownTransactions = Effect.fnUntraced(function* <R>(consumers: ReadonlyArray<Consumer<R>>) {
  const sql = yield* SqlClient.SqlClient
  const longest = consumers.map(longestOf).reduce(Duration.max, usualPatience)
  // One for each, and one to see what is due.
  const { reserve } = yield* PgPool.make({ ...(yield* Connecting)(longest), maxConnections: consumers.length + 1 })
  return transactionOn(sql, Effect.map(reserve, sessionOn))
})

const again: Step = { isMore: true }

/** Reads for one consumer whenever it is woken. */
const reading = Effect.fnUntraced(function* <R>({ consumer, woken }: Reader<R>, inTransaction: InTransaction) {
  const records = yield* ConsumerRecords
  const { name } = consumer
  const batches = batchesWithin(Duration.toMillis(consumer.timeLimit))

  const failed = Effect.fnUntraced(function* ({ position, events }: Run, because: Cause.Cause<unknown>) {
    const [event, ...others] = events
    if (event === undefined) return again
    if (others.length > 0) {
      // One by one, those before the one at fault get done, and it is known which that is.
      yield* Effect.logWarning("event consumer failed over several events and gets them one by one", because).pipe(
        Effect.annotateLogs({ consumer: name, from: event.id, events: events.length })
      )
      return again
    }
    const { id, type, entity } = event
    yield* Effect.logError("event consumer failed", because).pipe(
      Effect.annotateLogs({ consumer: name, event: id, type, entity })
    )
    const failure = { position, event: id, text: failureText(because) }
    yield* inTransaction(records.fail(name, failure))
    return rest
  })

  const once = Effect.gen(function* () {
    const begun: Array<Run> = []
    const ended = inTransaction(step(consumer, batches.size(), (run) => begun.push(run))).pipe(Effect.exit)
    const [took, exit] = yield* Effect.timed(ended)
    const [run] = begun
    if (run === undefined) return yield* exit
    if (exit._tag === "Success") {
      batches.done(run.events, Duration.toMillis(took))
      yield* count(name, "done")
      return exit.value
    }
    // Whatever ended its transaction, be it that its connection is gone.
    batches.failed(run.events, Duration.toMillis(took))
    yield* count(name, "failed")
    return yield* failed(run, run.because ?? exit.cause)
  }).pipe(Effect.withSpan("events", { attributes: { consumer: name } }))

  return yield* Queue.take(woken).pipe(
    Effect.andThen(Effect.repeat(once, { while: ({ isMore }) => isMore })),
    // The transaction could not begin or end: the next tick finds what is left.
    Effect.catchCause((cause) => Effect.logWarning("the event log could not be read", cause)),
    Effect.forever
  )
})

export const consume = Effect.fnUntraced(function* <R>(consumers: ReadonlyArray<Consumer<R>>) {
  if (consumers.length === 0) return
  const readers: Array<Reader<R>> = []
  for (const consumer of consumers) readers.push({ consumer, woken: yield* Queue.sliding<void>(1), isLeftAlone: false })
  const inTransaction = yield* ownTransactions(consumers)
  const work = [watching(readers, inTransaction), ...readers.map((reader) => reading(reader, inTransaction))]
  yield* Effect.all(work, { concurrency: "unbounded", discard: true })
}, Effect.scoped)
