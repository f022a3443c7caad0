import { Context, Effect, Layer, Schema } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import type { EventType } from "./eventType.ts"
import { Wakeups } from "./Wakeups.ts"

export class Events extends Context.Service<
  Events,
  {
    /** Writes an event in the caller's transaction: it happened if and only if that commits. */
    readonly emit: <Payload extends Schema.Codec<unknown, unknown>>(
      type: EventType<string, Payload>,
      payload: Payload["Type"],
      of: { readonly entity: string }
    ) => Effect.Effect<void, SqlError.SqlError>
    /** The same for several, in one statement and in their order. */
    readonly emitAll: <Payload extends Schema.Codec<unknown, unknown>>(
      type: EventType<string, Payload>,
      payloads: ReadonlyArray<Payload["Type"]>,
      of: { readonly entity: string }
    ) => Effect.Effect<void, SqlError.SqlError>
    /** After a statement that wrote events of this type itself: consumers look once it is committed. */
    readonly told: (type: EventType) => Effect.Effect<void>
  }
>()("zst/events/Events") {
  static readonly layer = Layer.effect(
    Events,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const wakeups = yield* Wakeups

      const told = (type: EventType) => sql.afterCommit(wakeups.wake(type))

      const emitAll = Effect.fn("Events.emit")(function* <Payload extends Schema.Codec<unknown, unknown>>(
        type: EventType<string, Payload>,
        payloads: ReadonlyArray<Payload["Type"]>,
        { entity }: { readonly entity: string }
      ) {
        if (payloads.length === 0) return
        const all = yield* Effect.orDie(Effect.forEach(payloads, (payload) => encodePayload(type, payload)))
        yield* sql`
          INSERT INTO events (type, entity, payload)
          SELECT ${type.name}::text, ${entity}::uuid, payload
          FROM jsonb_array_elements(${`[${all.join()}]`}::text::jsonb) WITH ORDINALITY AS each (payload, place) ORDER BY place`
        yield* told(type)
      })

      return Events.of({ emit: (type, payload, of) => emitAll(type, [payload], of), emitAll, told })
    })
  )
}

const encodePayload = ({ payload: schema }: EventType, payload: unknown) =>
  Schema.encodeUnknownEffect(Schema.fromJsonString(Schema.toCodecJson(schema)))(payload)
