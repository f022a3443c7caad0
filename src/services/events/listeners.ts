import { Effect, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { type Attempt, type JobHandler, type JobKind, Jobs, jobHandler, jobKind } from "../jobs/Jobs.ts"
import { type EventType, relayKind } from "./Events.ts"

/** Work that an event asks for: a job of its own kind, whose id is `<kind>/<event id>`. */
export type EventListener = { readonly event: EventType; readonly handler: JobHandler }

/** Listens to events of a type. The options are those of a kind; its name is the listener's. */
export const listener = <Payload extends Schema.Codec<unknown, unknown>>(
  event: EventType<Payload>,
  options: Omit<JobKind, "payload">,
  run: (payload: Payload["Type"], attempt: Attempt) => Effect.Effect<void, unknown>
): EventListener => ({ event, handler: jobHandler(jobKind({ ...options, payload: event.payload }), run) })

/**
 * Passes each event on as one job for each listener, all or none. An event of a type that is not known here is tried
 * again: while processes are replaced, a newer one may have written it.
 */
export const relay = (types: ReadonlyArray<EventType>, listeners: ReadonlyArray<EventListener>) =>
  Effect.gen(function* () {
    const jobs = yield* Jobs
    const sql = yield* SqlClient.SqlClient

    const pass = Effect.fnUntraced(function* (
      { event, handler: { kind } }: EventListener,
      payload: unknown,
      id: string
    ) {
      const decoded = yield* Schema.decodeUnknownEffect(Schema.toCodecJson(event.payload))(payload)
      yield* jobs.offer(kind, decoded, { id: `${kind.name}/${id}` })
    })

    return jobHandler(
      relayKind,
      Effect.fn("Events.relay")(function* ({ type, payload }, { id }) {
        if (!types.some(({ name }) => name === type)) return yield* new UnknownEventType({ type })
        const listening = listeners.filter(({ event }) => event.name === type)
        yield* Effect.forEach(listening, (one) => pass(one, payload, id), { discard: true }).pipe(sql.withTransaction)
      })
    )
  })

export class UnknownEventType extends Schema.TaggedError<UnknownEventType>()("UnknownEventType", {
  type: Schema.String
}) {
  override get message() {
    return `This version knows no event ${this.type}.`
  }
}
