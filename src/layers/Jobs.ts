import { Cause, Effect, Layer, Option } from "effect"
import type { PersistedQueue } from "effect/persistence"
import { SqlError } from "effect/sql"
import { type JobKind, Jobs } from "../services/jobs/Jobs.ts"
import { queues } from "./JobQueue.ts"

/** Offers jobs on the caller's connection, and so in the caller's transaction. */
export const layer = Layer.effect(
  Jobs,
  Effect.gen(function* () {
    const queueOf = yield* queues
    const offer = (kind: JobKind, payload: unknown, options: Parameters<Jobs["Service"]["offer"]>[2]) =>
      Effect.flatMap(queueOf(kind), (queue) => queue.offer(payload, options)).pipe(
        Effect.asVoid,
        Effect.catchTag("PersistedQueueError", sqlErrorOf),
        Effect.catchTag("SchemaError", Effect.die),
        Effect.withSpan("Jobs.offer", { attributes: { kind: kind.name, id: options.id } })
      )
    return Jobs.of({ offer })
  })
)

/** The queue wraps the cause of what failed; a caller's transaction wants to know whether it is worth another try. */
const sqlErrorOf = (error: PersistedQueue.PersistedQueueError) => {
  const found = Cause.isCause(error.cause) ? Option.getOrUndefined(Cause.findErrorOption(error.cause)) : error.cause
  return SqlError.isSqlError(found) ? Effect.fail(found) : Effect.die(error)
}
