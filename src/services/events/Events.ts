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

      const emit = Effect.fn("Events.emit")(function* <Payload extends Schema.Codec<unknown, unknown>>(
        type: EventType<string, Payload>,
        payload: Payload["Type"],
        { entity }: { readonly entity: string }
      ) {
        const json = yield* Effect.orDie(encodePayload(type, payload))
        yield* sql`
          INSERT INTO events (type, entity, payload) VALUES (${type.name}, ${entity}::uuid, ${json}::text::jsonb)`
        yield* told(type)
      })

      return Events.of({ emit, told })
    })
  )
}

const encodePayload = ({ payload: schema }: EventType, payload: unknown) =>
  Schema.encodeUnknownEffect(Schema.fromJsonString(Schema.toCodecJson(schema)))(payload)
