import { Context, Effect, Layer, Option } from "effect"
import { SqlClient } from "effect/sql"
import { Audit } from "../audit/Audit.ts"
import type { Author } from "../audit/model.ts"
import { locks } from "../locks.ts"
import { patiently } from "../patience.ts"
import type { EventRow } from "./consumer.ts"
import type { EventType } from "./eventType.ts"

/** How it stands with a consumer. */
export type ConsumerRecord = {
  readonly name: string
  readonly types: ReadonlyArray<string>
  /** The id of the last event that it is done with. */
  readonly position: number
  /** How many events it has still to read, among the next 100,000 of the log. */
  readonly behind: number
  /** How long the first event that it is not past has been there. */
  readonly lag_seconds: number
  /** How often in a row it failed, at which event, why, and when it tries again. */
  readonly failures: number
  readonly failed_event: number | null
  readonly failure: string | null
  readonly retry_at: Date | null
}

export type LogRecord = {
  /** The oldest event that is kept: its id and time. */
  readonly first: number | null
  readonly since: Date | null
  /** The last id that was taken, and that up to which nothing can still appear. */
  readonly last: number
  readonly horizon: number
}

type Due = { readonly name: string; readonly is_known: boolean }

type Failure = { readonly position: number; readonly event: number; readonly text: string }

type Held = { readonly id: string; readonly position: number }

type NewConsumer = {
  readonly name: string
  readonly types: ReadonlyArray<EventType>
  readonly knows: ReadonlyArray<string>
  readonly from: "begin" | "now"
}

/** A process that reads for a consumer says so, with its name, on a connection that lives as long as the process. */
export const announceReader = `SELECT pg_advisory_lock_shared(${locks.consumers}, hashtext($1))`

const mostLookedAt = 100_000
const longestPauseSeconds = 60

export const listConsumers = (sql: SqlClient.SqlClient) =>
  sql<ConsumerRecord>`
    SELECT c.name, c.types, c.position, c.failures, c.failed_event, c.failure, c.retry_at,
      (
        SELECT count(*)::int FROM events e
        WHERE e.id > c.position AND e.id <= c.position + ${mostLookedAt} AND e.type = ANY(c.types)
      ) AS behind,
      coalesce((
        SELECT greatest(0, extract(epoch FROM now() - e.created_at)) FROM events e
        WHERE e.id > c.position ORDER BY e.id LIMIT 1
      ), 0)::float8 AS lag_seconds
    FROM event_consumers c ORDER BY c.name`.pipe(Effect.orDie)

/** The consumers' places in the log, and what an operator can do about them. */
export class ConsumerRecords extends Context.Service<
  ConsumerRecords,
  {
    /** Gives a new consumer its first place, and keeps what it consumes, unless a newer version consumes more. */
    readonly register: (consumer: NewConsumer) => Effect.Effect<void>
    readonly list: Effect.Effect<ReadonlyArray<ConsumerRecord>>
    readonly log: Effect.Effect<LogRecord>
    readonly event: (id: number) => Effect.Effect<Option.Option<EventRow>>
    /**
     * Which of these are not where the log can be read to, and do not wait after a failure; and whether all that they
     * consume is known here.
     */
    readonly due: (consumers: ReadonlyArray<Pick<NewConsumer, "name" | "knows">>) => Effect.Effect<ReadonlyArray<Due>>
    /** Writes down why a run failed; it is tried again after a pause, from a second to a minute. */
    readonly fail: (name: string, failure: Failure) => Effect.Effect<void>
    /** Steps over the event at which it fails, and writes down who did. False when it does not fail there any more. */
    readonly skip: (author: Author, name: string, event: number) => Effect.Effect<boolean>
    /**
     * Goes back to the first event that is kept and not older than this, and writes down who went: its new position. None,
     * and nothing is changed, when it has read no such event.
     */
    readonly rewind: (author: Author, name: string, to: Date | "begin") => Effect.Effect<Option.Option<number>>
    /** Drops its place, and writes down who did. False while a process reads for it. */
    readonly forget: (author: Author, name: string) => Effect.Effect<boolean>
  }
>()("zst/events/ConsumerRecords") {
  static readonly layer = Layer.effect(
    ConsumerRecords,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const audit = yield* Audit

      // Transactions that are not at their end may still write below the last id.
      const next = sql`SELECT horizon FROM events_horizon()`
      const oldest = sql`SELECT min(id) - 1 FROM events`

      // A place that somebody reads from is locked, and is not waited for.
      const register = Effect.fn("ConsumerRecords.register")(function* ({ name, types, knows, from }: NewConsumer) {
        const names = types.map((type) => type.name)
        yield* sql`
          INSERT INTO event_consumers (name, types, position)
          SELECT ${name}, ${names}::text[], coalesce((${from === "begin" ? oldest : next}), (${next}))
          WHERE NOT EXISTS (SELECT FROM event_consumers WHERE name = ${name}) ON CONFLICT (name) DO NOTHING`
        yield* sql`
          UPDATE event_consumers SET types = ${names}::text[]
          WHERE name = ${name} AND types <> ${names}::text[] AND types <@ ${knows}::text[]`
      }, Effect.orDie)

      const list = Effect.withSpan(listConsumers(sql), "ConsumerRecords.list")

      const log = Effect.gen(function* () {
        const [row] = yield* sql<LogRecord>`
          SELECT oldest.id AS first, oldest.created_at AS since, h.last, h.horizon
          FROM events_horizon() h LEFT JOIN (SELECT id, created_at FROM events ORDER BY id LIMIT 1) oldest ON true`
        return row ?? { first: null, since: null, last: 0, horizon: 0 }
      }).pipe(Effect.orDie)

      const event = (id: number) =>
        sql<EventRow>`SELECT id, type, entity, payload, created_at FROM events WHERE id = ${id}`.pipe(
          Effect.map(([row]) => Option.fromNullishOr(row)),
          Effect.orDie
        )

      // Those too that read nothing of what there is: events are kept until everybody is past them.
      const due = (consumers: ReadonlyArray<Pick<NewConsumer, "name" | "knows">>) => {
        const here = JSON.stringify(consumers.map(({ name, knows }) => ({ name, knows })))
        return sql<Due>`
          SELECT c.name, c.types <@ here.knows AS is_known
          FROM event_consumers c JOIN jsonb_to_recordset(${here}::text::jsonb) AS here (name text, knows text[])
            USING (name), events_horizon() h
          WHERE (c.retry_at IS NULL OR c.retry_at <= now()) AND (c.position < h.horizon OR c.position > h.last)`.pipe(
          Effect.orDie
        )
      }

      const fail = Effect.fn("ConsumerRecords.fail")(
        (name: string, { position, event, text }: Failure) => sql`
          UPDATE event_consumers SET failures = failures + 1, failed_event = ${event}, failure = ${text},
            retry_at = now() + least(${longestPauseSeconds}, 2 ^ least(failures, 10)) * interval '1 second',
            updated_at = now()
          WHERE name = ${name} AND position = ${position}`,
        Effect.asVoid,
        Effect.orDie
      )

      const mended = sql`failures = 0, failed_event = NULL, failure = NULL, retry_at = NULL, updated_at = now()`

      const skip = Effect.fn("ConsumerRecords.skip")(
        function* (author: Author, name: string, id: number) {
          const skipped = yield* sql`
            UPDATE event_consumers SET position = failed_event, ${mended}
            WHERE name = ${name} AND failed_event = ${id} RETURNING name`
          if (skipped.length === 0) return false
          const found = yield* event(id)
          if (Option.isSome(found)) {
            const { entity, type } = found.value
            const before = { consumer: name, event: id, type }
            yield* audit.record(author, { action: "event.skip", subject_id: entity, about: null, before, after: null })
          }
          return true
        },
        sql.withTransaction,
        Effect.orDie
      )

      const rewind = Effect.fn("ConsumerRecords.rewind")(
        function* (author: Author, name: string, to: Date | "begin") {
          // There is no index by time: it is looked for among the ids.
          const [held] = yield* sql<Held>`SELECT id, position FROM event_consumers WHERE name = ${name} FOR UPDATE`
          if (held === undefined) return Option.none<number>()
          const place = to === "begin" ? oldest : sql`SELECT min(id) - 1 FROM events WHERE created_at >= ${to}`
          const [row] = yield* sql<{ position: number }>`
            UPDATE event_consumers SET position = place.before, ${mended}
            FROM (SELECT (${place}) AS before) place
            WHERE name = ${name} AND place.before < position RETURNING position`
          if (row === undefined) return Option.none<number>()
          const { position } = row
          const before = { consumer: name, position: held.position }
          yield* audit.record(author, {
            action: "consumer.rewind",
            subject_id: held.id,
            about: null,
            before,
            after: { consumer: name, position }
          })
          return Option.some(position)
        },
        patiently(sql, "5 minutes", { lock_timeout: "30s" }),
        Effect.orDie
      )

      const forget = Effect.fn("ConsumerRecords.forget")(
        function* (author: Author, name: string) {
          const [row] = yield* sql<{ free: boolean }>`
            SELECT pg_try_advisory_xact_lock(${locks.consumers}::int, hashtext(${name})) AS free`
          if (row?.free !== true) return false
          const [forgotten] = yield* sql<Held>`
            DELETE FROM event_consumers WHERE name = ${name} RETURNING id, position`
          if (forgotten !== undefined) {
            const { id: subject_id, position } = forgotten
            const before = { consumer: name, position }
            yield* audit.record(author, { action: "consumer.forget", subject_id, about: null, before, after: null })
          }
          return true
        },
        sql.withTransaction,
        Effect.orDie
      )

      return ConsumerRecords.of({ register, list, log, event, due, fail, skip, rewind, forget })
    })
  )
}
