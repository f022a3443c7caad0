/** The queue that jobs are kept in: Effect's PersistedQueue, on our own connections, in the table `jobs`. */
import { Duration, Effect, Layer, Logger, References } from "effect"
import { PersistedQueue } from "effect/persistence"
import type { JobKind } from "../services/jobs/Jobs.ts"
import { underMigrationLock, withoutTableLock } from "./migrationLock.ts"
import { OnlyReading } from "./OnlyReading.ts"
import { exists, jobsTable, queueMigrations, requireOwn } from "./ownDatabase.ts"

/**
 * After how many seconds without a sign of life the job of a process is given to another one. Living processes give
 * four signs in that time. No setting: of two processes that differ, one would take the other's running job.
 */
export const lockSeconds = 60

/** Jobs that this process offers are taken at once; how often it looks for those of others, and for those that wait. */
const pollInterval = Duration.seconds(3)

const makeStore = Effect.gen(function* () {
  const quietly = Effect.provideService(References.CurrentLoggers, toldOnce(yield* References.CurrentLoggers))
  const made = yield* PersistedQueue.makeStoreSql({
    tableName: jobsTable,
    pollInterval,
    lockExpiration: Duration.seconds(lockSeconds),
    lockRefreshInterval: Duration.seconds(lockSeconds / 4)
  }).pipe(withoutTableLock, quietly)
  // It looks for jobs as whoever takes them.
  return PersistedQueue.PersistedQueueStore.of({ ...made, take: (options) => quietly(made.take(options)) })
})

const tellsEvery = 30_000

/** The store says of every look for every kind that it failed, without saying what: some twenty times a second. */
export const toldOnce = (loggers: ReadonlySet<Logger.Logger<unknown, unknown>>) => {
  let told = Number.NEGATIVE_INFINITY
  const logger = Logger.make<unknown, void>((options) => {
    const now = options.date.getTime()
    if (now - told < tellsEvery) return
    told = now
    for (const each of loggers) each.log({ ...options, message: "the job queue cannot be reached" })
  })
  return new Set([logger])
}

/** The store makes its tables as it is made, which processes that start together must not do at once. */
export const makeQueueTables = underMigrationLock(Effect.scoped(makeStore))

/** The store makes and changes its tables as it is made, which who only reads must not. */
const unused = PersistedQueue.PersistedQueueStore.of({
  offer: () => Effect.die("A process that only reads offers no job"),
  take: () => Effect.die("A process that only reads takes no job"),
  cleanup: () => Effect.die("A process that only reads forgets no job")
})

const store = Layer.effect(
  PersistedQueue.PersistedQueueStore,
  Effect.gen(function* () {
    if (yield* OnlyReading) return unused
    if (!(yield* exists(queueMigrations))) yield* Effect.andThen(requireOwn, makeQueueTables)
    return yield* makeStore
  })
)

export const layer = PersistedQueue.layer.pipe(Layer.provideMerge(store))

/** Kinds as queues, each made once. */
export const queues = Effect.map(PersistedQueue.PersistedQueueFactory, (factory) => {
  const made = new Map<string, PersistedQueue.PersistedQueue<unknown>>()
  return Effect.fnUntraced(function* ({ name, payload, maxAttempts, retry }: JobKind) {
    const known = made.get(name)
    if (known !== undefined) return known
    const queue = yield* factory.make({ name, schema: payload, maxAttempts, retrySchedule: retry })
    made.set(name, queue)
    return queue
  })
})
