import { Context, Duration, Effect, Option } from "effect"
import type { SqlClient } from "effect/sql"

/** What a statement of a request may take. */
export const usualPatience = Duration.seconds(5)

/** What one that puts a shop on sale may take, or takes it off. */
export const longPatience = Duration.minutes(1)

/** The longest that anything may: an import, a change of the schema. */
export const mostPatience = Duration.hours(1)

/** How long a statement may take. What may take longer than usual gets a connection that waits for it. */
export const Patience = Context.Reference<Duration.Duration>("zst/Patience", { defaultValue: () => usualPatience })

/**
 * A transaction whose statements may take so long; those of requests have five seconds. Within another it would be on the
 * connection of that one, which is given up sooner: whoever begins that one has to have the patience.
 */
export const patiently =
  (sql: SqlClient.SqlClient, time: Duration.Input, settings: Readonly<Record<string, string>> = {}) =>
  <A, E, R>(work: Effect.Effect<A, E, R>) => {
    const patience = Duration.fromInputUnsafe(time)
    const all = { ...settings, statement_timeout: String(Duration.toMillis(patience)) }
    const begun = Effect.gen(function* () {
      const isWithin = Option.isSome(yield* Effect.serviceOption(sql.transactionService))
      if (isWithin && Duration.isLessThan(yield* Patience, patience)) {
        yield* Effect.die(new Error("A patient transaction began within one that is not"))
      }
    })
    return sql`SELECT set_config(key, value, true) FROM jsonb_each_text(${JSON.stringify(all)}::text::jsonb)`.pipe(
      Effect.andThen(work),
      sql.withTransaction,
      Effect.provideService(Patience, patience),
      (transaction) => Effect.andThen(begun, transaction)
    )
  }
