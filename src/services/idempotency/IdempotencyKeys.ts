import { Context, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { inBatches, sqlOrDie } from "../sql.ts"
import { IdempotencyKeyReused, RequestInProgress } from "./errors.ts"
import type { Answer, KeyedRequest } from "./model.ts"
import { digestsOf, seal, unseal } from "./seal.ts"

type Digests = ReturnType<typeof digestsOf>

type Row = Answer & { readonly request: Uint8Array }

export type Outcome<A> =
  | { readonly _tag: "First"; readonly value: A }
  | { readonly _tag: "Replayed"; readonly answer: Answer }

const batch = 1000

export class IdempotencyKeys extends Context.Service<
  IdempotencyKeys,
  {
    /**
     * Runs the first request with a key and keeps its answer in the same transaction, for 24 hours; to the same request
     * again gives that answer. One that fails has no effect and leaves nothing: the next is judged anew.
     */
    readonly once: <A, E, R>(
      request: KeyedRequest,
      run: Effect.Effect<A, E, R>,
      answerOf: (value: A) => Effect.Effect<Answer>
    ) => Effect.Effect<Outcome<A>, E | RequestInProgress | IdempotencyKeyReused, R>
    /** Deletes what is older than 24 hours: how many. Safe to run in several processes at once. */
    readonly prune: Effect.Effect<number>
  }
>()("zst/idempotency/IdempotencyKeys") {
  static readonly layer = Layer.effect(
    IdempotencyKeys,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient

      const tryLock = Effect.fnUntraced(function* ({ key }: Digests) {
        const [row] = yield* sql<{ locked: boolean }>`
          SELECT pg_try_advisory_xact_lock(hashtextextended(encode(${key}::bytea, 'hex'), 0)) AS locked`
        return row?.locked === true
      }, Effect.orDie)

      const find = Effect.fnUntraced(function* ({ key }: Digests) {
        const [row] = yield* sql<Row>`
          SELECT request, status, headers, body FROM idempotency_keys
          WHERE key = ${key}::bytea AND created_at > now() - interval '24 hours'`
        return row
      }, Effect.orDie)

      const keep = Effect.fnUntraced(function* ({ key, request, secret }: Digests, answer: Answer) {
        const kept = yield* sql`
          INSERT INTO idempotency_keys (key, request, status, headers, body)
          VALUES (${key}::bytea, ${request}::bytea, ${answer.status}::smallint,
            ${JSON.stringify(answer.headers)}::jsonb, ${seal(secret, answer.body)}::bytea)
          ON CONFLICT (key) DO UPDATE SET request = excluded.request, status = excluded.status,
            headers = excluded.headers, body = excluded.body, created_at = excluded.created_at
          WHERE idempotency_keys.created_at <= now() - interval '24 hours'
          RETURNING key`
        if (kept.length === 0) return yield* Effect.die("Somebody else answered this key although it was locked")
      }, Effect.orDie)

      const replay = Effect.fnUntraced(function* (digests: Digests, { request, status, headers, body }: Row) {
        if (!Buffer.from(request).equals(digests.request)) return yield* new IdempotencyKeyReused()
        return { status, headers, body: unseal(digests.secret, body) }
      })

      const once = <A, E, R>(
        request: KeyedRequest,
        run: Effect.Effect<A, E, R>,
        answerOf: (value: A) => Effect.Effect<Answer>
      ) =>
        Effect.gen(function* () {
          const digests = digestsOf(request)
          const locked = yield* tryLock(digests)
          // A statement of its own, which sees what was committed up to the lock. There may be an answer without the
          // lock as well: another request that repeats has it.
          const row = yield* find(digests)
          if (row !== undefined) {
            return { _tag: "Replayed", answer: yield* replay(digests, row) } satisfies Outcome<A>
          }
          if (!locked) return yield* new RequestInProgress()
          const value = yield* run
          yield* keep(digests, yield* answerOf(value))
          return { _tag: "First", value } satisfies Outcome<A>
        }).pipe(sql.withTransaction, sqlOrDie, Effect.withSpan("IdempotencyKeys.once"))

      const pruneBatch = Effect.map(
        sql`
          DELETE FROM idempotency_keys WHERE key IN (
            SELECT key FROM idempotency_keys WHERE created_at <= now() - interval '24 hours'
            ORDER BY created_at LIMIT ${batch} FOR UPDATE SKIP LOCKED)
          RETURNING key`,
        ({ length }) => length
      )

      const prune = inBatches(batch, pruneBatch).pipe(Effect.orDie, Effect.withSpan("IdempotencyKeys.prune"))

      return IdempotencyKeys.of({ once, prune })
    })
  )
}
