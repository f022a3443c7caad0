import { Context, Duration, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { inBatches, sqlOrDie } from "../sql.ts"

/** Longer than anybody can bring a job back whose effect took place (deadKeptFor in pruneJobs.ts). */
export const keptFor = Duration.days(90)

const batch = 10_000

/** What a job has done is written down with its effect, so that a job that is run again does nothing. */
export class Inbox extends Context.Service<
  Inbox,
  {
    /** Runs work in one transaction with a note of its id; does nothing, and says false, when the note is there. */
    readonly once: <A, E, R>(id: string, work: Effect.Effect<A, E, R>) => Effect.Effect<boolean, E, R>
    /** Forgets notes that nobody asks for any more: how many. */
    readonly prune: Effect.Effect<number>
  }
>()("zst/jobs/Inbox") {
  static readonly layer = Layer.effect(
    Inbox,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient

      const once = <A, E, R>(id: string, work: Effect.Effect<A, E, R>) =>
        Effect.gen(function* () {
          const noted = yield* sql`INSERT INTO job_effects (id) VALUES (${id}) ON CONFLICT (id) DO NOTHING RETURNING id`
          if (noted.length === 0) return false
          yield* work
          return true
        }).pipe(sql.withTransaction, sqlOrDie, Effect.withSpan("Inbox.once"))

      const pruneBatch = Effect.map(
        sql`
          DELETE FROM job_effects WHERE id IN (
            SELECT id FROM job_effects WHERE created_at < now() - make_interval(days => ${Duration.toDays(keptFor)})
            LIMIT ${batch}) RETURNING id`,
        ({ length }) => length
      )
      const prune = inBatches(batch, pruneBatch).pipe(Effect.orDie, Effect.withSpan("Inbox.prune"))

      return Inbox.of({ once, prune })
    })
  )
}
