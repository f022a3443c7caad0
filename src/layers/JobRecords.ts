/** Jobs as PersistedQueue keeps them. Its times are without a zone, in UTC as every session of ours. */
import { Effect, Layer, Option } from "effect"
import { SqlClient } from "effect/sql"
import { type JobBacklog, type JobRecord, JobRecords, type JobState } from "../services/jobs/JobRecords.ts"
import { inBatches } from "../services/sql.ts"
import { lockSeconds } from "./JobQueue.ts"
import { jobsTable } from "./ownDatabase.ts"

/** As the queue calls it: what of its rows a state can be found among. */
const kept = {
  waiting: "state = 'pending'",
  delayed: "state = 'pending'",
  running: "state = 'pending'",
  done: "state = 'completed'",
  failed: "state = 'failed'",
  any: "state <> 'completed'"
} satisfies Record<JobState | "any", string>

const batch = 10_000

export const layer = Layer.effect(
  JobRecords,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const jobs = sql(jobsTable)

    const held = sql`(acquired_at IS NOT NULL AND acquired_at >= now() - make_interval(secs => ${lockSeconds}))`
    const state = sql`CASE
      WHEN state = 'failed' THEN 'failed' WHEN state = 'completed' THEN 'done'
      WHEN ${held} THEN 'running' WHEN visible_at > now() THEN 'delayed' ELSE 'waiting' END`
    const records = sql`
      SELECT sequence AS number, queue_name AS kind, id, ${state} AS state, attempts, element AS payload,
        regexp_replace(last_failure, '^JobFailed: ', '') AS failure, visible_at AT TIME ZONE 'UTC' AS due_at,
        created_at AT TIME ZONE 'UTC' AS created_at, updated_at AT TIME ZONE 'UTC' AS updated_at
      FROM ${jobs}`

    const list: JobRecords["Service"]["list"] = (filter) =>
      sql<JobRecord>`
        SELECT * FROM (${records} WHERE ${sql.and([
          sql.literal(kept[filter.state ?? "any"]),
          ...(filter.kind === undefined ? [] : [sql`queue_name = ${filter.kind}`])
        ])}) found
        ${filter.state === undefined ? sql`` : sql`WHERE state = ${filter.state}`}
        ORDER BY updated_at DESC, number DESC LIMIT ${filter.limit}`.pipe(Effect.orDie)

    const get = (number: number) =>
      Effect.orDie(
        Effect.map(sql<JobRecord>`${records} WHERE sequence = ${number}`, ([row]) => Option.fromNullishOr(row))
      )

    const named = (id: string) => Effect.orDie(sql<JobRecord>`${records} WHERE id = ${id} ORDER BY sequence`)

    const again = sql`
      UPDATE ${jobs} SET state = 'pending', attempts = 0, last_failure = NULL, visible_at = now(),
        acquired_at = NULL, acquired_by = NULL, updated_at = now()`

    const retry = (number: number) =>
      sql`${again} WHERE sequence = ${number}
        AND (state = 'failed' OR (state = 'pending' AND attempts > 0 AND visible_at > now() AND NOT ${held}))
        RETURNING id`.pipe(
        Effect.map(({ length }) => length > 0),
        Effect.orDie
      )

    const retryFailed = (kind: string | undefined) =>
      sql`${again} WHERE state = 'failed' ${kind === undefined ? sql`` : sql`AND queue_name = ${kind}`} RETURNING id`.pipe(
        Effect.map(({ length }) => length),
        Effect.orDie
      )

    const drop = (number: number) =>
      sql`DELETE FROM ${jobs} WHERE sequence = ${number} AND NOT (state = 'pending' AND ${held}) RETURNING id`.pipe(
        Effect.map(({ length }) => length > 0),
        Effect.orDie
      )

    const open = (kind: string) =>
      sql<{ element: string }>`SELECT element FROM ${jobs} WHERE queue_name = ${kind} AND state = 'pending'`.pipe(
        Effect.map((rows) => rows.map(({ element }) => element)),
        Effect.orDie
      )

    // Of what is offered by a schedule there are so few that its slots stay known.
    const forgetBatch = Effect.map(
      sql`
        DELETE FROM ${jobs} WHERE sequence IN (
          SELECT sequence FROM (
            SELECT sequence, updated_at, row_number() OVER (PARTITION BY queue_name ORDER BY sequence DESC) AS place
            FROM ${jobs} WHERE state = 'completed'
          ) done WHERE place > 1000 AND updated_at < now() - interval '6 hours' LIMIT ${batch}) RETURNING sequence`,
      ({ length }) => length
    )
    const forgetBusy = Effect.orDie(inBatches(batch, forgetBatch))

    const backlog = sql<JobBacklog>`
      SELECT queue_name AS kind, count(*) FILTER (WHERE state = 'failed')::int AS failed,
        count(*) FILTER (WHERE state = 'pending')::int AS waiting,
        coalesce(extract(epoch FROM now() - min(visible_at) FILTER (WHERE state = 'pending')), 0)::float8
          AS oldest_seconds
      FROM ${jobs}
      WHERE state = 'failed' OR (state = 'pending' AND visible_at <= now() AND NOT ${held})
      GROUP BY queue_name ORDER BY queue_name`.pipe(Effect.orDie)

    return JobRecords.of({ list, get, named, retry, retryFailed, drop, open, forgetBusy, backlog })
  })
)
