/** Does jobs, and offers those whose time has come, until it is interrupted: then the attempt under way does not count. */
import { Array as Arr, Cause, Clock, Cron, DateTime, Duration, Effect, Metric, Schedule } from "effect"
import { type Attempt, type JobHandler, Jobs } from "../services/jobs/Jobs.ts"
import type { JobSchedule } from "../services/jobs/schedule.ts"
import { queues } from "./JobQueue.ts"

const longestFailure = 8000

/** What an operator reads about a failure; PostgreSQL takes no NUL in a text. */
export const failureText = (cause: Cause.Cause<unknown>) =>
  Cause.pretty(cause).replaceAll("\0", "").slice(0, longestFailure)

export class JobFailed extends Error {
  override readonly name = "JobFailed"
  constructor(cause: Cause.Cause<unknown>) {
    super(failureText(cause))
    this.stack = `${this.name}: ${this.message}`
  }
}

const ended = Metric.counter("zst_job_attempts_total", {
  description: "Attempts at jobs that ended here",
  incremental: true
})

const count = (kind: string, outcome: "done" | "failed" | "dead") =>
  Metric.update(Metric.withAttributes(ended, { kind, outcome }), 1)

const failing = ({ kind: { name, maxAttempts }, onDead }: JobHandler, payload: unknown, attempt: Attempt) =>
  Effect.fnUntraced(function* (cause: Cause.Cause<unknown>) {
    const { id, attempts } = attempt
    const dead = attempts >= maxAttempts
    const failed = new JobFailed(cause)
    yield* (
      dead ? Effect.logError("job failed for the last time", failed) : Effect.logWarning("job failed", failed)
    ).pipe(Effect.annotateLogs({ kind: name, job: id, attempts }))
    if (dead) {
      yield* Effect.catchCause(onDead(payload, attempt), (untold) =>
        Effect.logError("nobody could be told that a job is dead", untold).pipe(
          Effect.annotateLogs({ kind: name, job: id })
        )
      )
    }
    yield* count(name, dead ? "dead" : "failed")
    return yield* Effect.fail(failed)
  })

/** One attempt, within its time. A handler that interrupts itself has failed; only from outside it is a stop. */
const attemptAt = (handler: JobHandler, payload: unknown, attempt: Attempt) =>
  handler
    .run(payload, attempt)
    .pipe(
      Effect.timeout(handler.kind.timeLimit),
      Effect.tap(count(handler.kind.name, "done")),
      Effect.catchCause(failing(handler, payload, attempt)),
      Effect.withSpan("job", { attributes: { kind: handler.kind.name, id: attempt.id, attempts: attempt.attempts } })
    )

const pauseAfterDefect = Duration.seconds(1)

const taking = Effect.fnUntraced(function* (handler: JobHandler) {
  const queue = yield* (yield* queues)(handler.kind)
  const one = queue
    .take((payload, attempt) => attemptAt(handler, payload, attempt))
    .pipe(
      Effect.catchIf(
        (error) => error instanceof JobFailed,
        () => Effect.void
      ),
      Effect.catchCause((cause) =>
        // The attempt's end could not be written: its lock runs out, and it is tried again.
        Effect.andThen(Effect.logError("job queue failed", cause), Effect.sleep(pauseAfterDefect))
      )
    )
  const takers = Arr.makeBy(handler.kind.concurrency, () => Effect.forever(one))
  return yield* Effect.all(takers, { concurrency: "unbounded", discard: true })
})

/** The slot that began last. A moment early is not too early: clocks and timers are not exact. */
const slotAt = (cron: Cron.Cron, now: DateTime.Utc) => Cron.prev(cron, DateTime.add(now, { seconds: 1 }))

const pauseAfterFailedOffer = Duration.seconds(30)

/** Offers each slot, and at the start the one that nobody may have been there for; one that began meanwhile is next. */
const offering = Effect.fnUntraced(function* ({ kind, cron }: JobSchedule) {
  const jobs = yield* Jobs
  const offered = Effect.gen(function* () {
    const slot = slotAt(cron, yield* DateTime.now)
    yield* jobs.offer(kind, {}, { id: `${kind.name}/${slot.toISOString()}` })
    return slot
  }).pipe(
    Effect.tapCause((cause) => Effect.logWarning("scheduled job could not be offered", cause)),
    Effect.retry(Schedule.spaced(pauseAfterFailedOffer))
  )
  const nextBegins = (slot: Date) =>
    Effect.flatMap(Clock.currentTimeMillis, (now) => Effect.sleep(Math.max(0, +Cron.next(cron, slot) - now)))
  return yield* Effect.forever(Effect.flatMap(offered, nextBegins))
})

type Options = {
  readonly handlers: ReadonlyArray<JobHandler>
  readonly schedules: ReadonlyArray<JobSchedule>
  /** When the first slot is offered: not while a server starts, when there is enough to do. */
  readonly schedulesAfter: Duration.Input
}

export const work = ({ handlers, schedules, schedulesAfter }: Options) =>
  Effect.all(
    [
      Effect.forEach(handlers, taking, { concurrency: "unbounded", discard: true }),
      Effect.forEach(schedules, offering, { concurrency: "unbounded", discard: true }).pipe(
        Effect.delay(schedulesAfter)
      )
    ],
    { concurrency: "unbounded", discard: true }
  )
