/** What a consumer does when there may be something to read. */
import { type Cause, Duration, Effect } from "effect"
import { SqlClient } from "effect/sql"
import type { Consumer, EventRow } from "./consumer.ts"

/** How many ids a step looks through at most, for a consumer of rare types has far to go. */
const slice = 10_000

/** How much longer than we PostgreSQL waits for a run, and a run for PostgreSQL. */
const margin = Duration.seconds(5)

/** How long PostgreSQL may take for what a run has it do. */
export const longestOf = ({ timeLimit }: { readonly timeLimit: Duration.Duration }) => Duration.sum(timeLimit, margin)

/** Whether there may be more for this process now. */
export type Step = { readonly isMore: boolean }

/** Everything was read, or another process or a newer version reads, or a pause after a failure is not over. */
export const rest: Step = { isMore: false }

/** A run that has begun. When it fails, nothing of it has happened, and maybe its transaction cannot say so any more. */
export type Run = {
  readonly position: number
  readonly events: ReadonlyArray<EventRow>
  because?: Cause.Cause<unknown>
}

type Place = { readonly position: number; readonly horizon: number; readonly last: number }

/** The database is older than the place: a copy that lacked its end, or somebody emptied the log. */
const goBack = Effect.fnUntraced(function* (name: string, position: number) {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{ last: number }>`
    UPDATE event_consumers SET position = h.horizon, updated_at = now() FROM events_horizon() h
    WHERE name = ${name} AND position > h.last RETURNING h.last`
  if (row === undefined) return false
  yield* Effect.logWarning(`${name} had read up to event ${position}, but ${row.last} is the last: it goes back`)
  return true
})

/**
 * Reads at most so many events, unless another process is about it. In the caller's transaction: with the consumer's
 * place are committed its effects.
 */
export const step = Effect.fnUntraced(function* <R>(consumer: Consumer<R>, most: number, begins: (run: Run) => void) {
  const sql = yield* SqlClient.SqlClient
  const { name, types, knows, timeLimit } = consumer
  const longest = String(Duration.toMillis(longestOf(consumer)))
  // Its commit waits for no disk: a crash would take back the place and the effects together, and they are done again.
  const [place] = yield* sql<Place>`
    SELECT c.position, h.horizon, h.last,
      set_config('statement_timeout', ${longest}, true),
      set_config('idle_in_transaction_session_timeout', ${longest}, true),
      set_config('synchronous_commit', 'off', true)
    FROM event_consumers c, events_horizon() h
    WHERE c.name = ${name} AND c.types <@ ${knows}::text[] AND (c.retry_at IS NULL OR c.retry_at <= now())
    FOR UPDATE OF c SKIP LOCKED`
  if (place === undefined) return rest
  const { horizon, last } = place
  // Only now nobody else moves the place: until it was held, others may have read what was written meanwhile.
  if (place.position > last) return { isMore: !(yield* goBack(name, place.position)) }
  if (place.position >= horizon) return rest
  const end = Math.min(horizon, place.position + slice)
  const events = yield* sql<EventRow>`
    SELECT id, type, entity, payload, created_at FROM events
    WHERE id > ${place.position} AND id <= ${end}::bigint AND type = ANY(${types.map((type) => type.name)}::text[])
    ORDER BY id LIMIT ${most}`
  const [final] = events.slice(-1)
  const position = final !== undefined && events.length === most ? final.id : end
  if (final !== undefined) {
    const run: Run = { position: place.position, events }
    begins(run)
    yield* consumer.run(events).pipe(
      Effect.timeout(timeLimit),
      Effect.tapCause((cause) =>
        Effect.sync(() => {
          run.because = cause
        })
      )
    )
  }
  yield* sql`
    UPDATE event_consumers SET position = ${position}, failures = 0, failed_event = NULL, failure = NULL,
      retry_at = NULL, updated_at = now()
    WHERE name = ${name}`
  return { isMore: position < horizon } satisfies Step
})
