import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { jobHandler, jobKind } from "../jobs/Jobs.ts"
import { NoPayload } from "../jobs/schedule.ts"
import { inBatches } from "../sql.ts"

/** How long events can be read again, and how long they wait for a consumer that has not read them. */
export const keptFor = "30 days"
const keptUnreadFor = "90 days"

const batch = 5000

export const eventsPrune = jobKind({
  name: "events.prune",
  payload: NoPayload,
  timeLimit: "30 minutes",
  concurrency: 1
})

/** Drops the oldest events, in their order, until it meets one that is kept. */
export const pruneEvents = Effect.map(SqlClient.SqlClient, (sql) => {
  const pruneBatch = Effect.map(
    sql`
      DELETE FROM events WHERE id IN (
        SELECT id FROM (SELECT id, created_at FROM events ORDER BY id LIMIT ${batch}) oldest
        WHERE created_at < now() - ${keptUnreadFor}::interval
          OR (created_at < now() - ${keptFor}::interval
            AND NOT EXISTS (SELECT FROM event_consumers c WHERE c.position < oldest.id)))
      RETURNING id`,
    ({ length }) => length
  )
  return jobHandler(
    eventsPrune,
    Effect.fn("Events.prune")(function* () {
      const pruned = yield* inBatches(batch, pruneBatch)
      if (pruned > 0) yield* Effect.logInfo("events dropped").pipe(Effect.annotateLogs({ pruned }))
    }, Effect.orDie)
  )
})
