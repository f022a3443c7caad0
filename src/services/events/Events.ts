import { Context, Effect, Layer, Schema } from "effect"
import type { SqlError } from "effect/sql"
import { Jobs, jobKind } from "../jobs/Jobs.ts"

/** Something that happened, declared once by its domain. The payload is ids, and what will be gone by the time it is read. */
export type EventType<Payload extends Schema.Codec<unknown, unknown> = Schema.Codec<unknown, unknown>> = {
  /** Such as `product.deleted`. Never reused for another shape. */
  readonly name: `${string}.${string}`
  readonly payload: Payload
}

export const eventType = <Payload extends Schema.Codec<unknown, unknown>>(
  type: EventType<Payload>
): EventType<Payload> => type

/** The outbox: an event on its way to whoever listens. */
export const relayKind = jobKind({
  name: "events.relay",
  payload: Schema.Struct({ type: Schema.String, payload: Schema.Json }),
  maxAttempts: 20,
  timeLimit: "30 seconds",
  concurrency: 4
})

export class Events extends Context.Service<
  Events,
  {
    /**
     * Tells of something in the caller's transaction: it reaches every listener at least once if that commits, and
     * nobody if it does not. What happens to an entity more than once has a `version`; the same again is told once.
     */
    readonly emit: <Payload extends Schema.Codec<unknown, unknown>>(
      type: EventType<Payload>,
      payload: Payload["Type"],
      of: { readonly entity: string; readonly version?: string | number | undefined }
    ) => Effect.Effect<void, SqlError.SqlError>
  }
>()("zst/events/Events") {
  static readonly layer = Layer.effect(
    Events,
    Effect.gen(function* () {
      const jobs = yield* Jobs

      const emit = Effect.fn("Events.emit")(function* <Payload extends Schema.Codec<unknown, unknown>>(
        type: EventType<Payload>,
        payload: Payload["Type"],
        { entity, version }: { readonly entity: string; readonly version?: string | number | undefined }
      ) {
        const encoded = yield* Effect.orDie(encodePayload(type, payload))
        const id = [type.name, entity, ...(version === undefined ? [] : [version])].join("/")
        yield* jobs.offer(relayKind, { type: type.name, payload: encoded }, { id })
      })

      return Events.of({ emit })
    })
  )
}

const encodePayload = ({ payload: schema }: EventType, payload: unknown) =>
  Schema.encodeUnknownEffect(Schema.toCodecJson(schema))(payload)
