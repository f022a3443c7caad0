import type { Schema } from "effect"

/**
 * Something that happened, declared once by its domain. The payload is ids, and what will be gone by the time it is read:
 * nothing personal.
 */
export type EventType<
  Name extends string = string,
  Payload extends Schema.Codec<unknown, unknown> = Schema.Codec<unknown, unknown>
> = {
  /** Such as `product.deleted`. Never reused for another shape. */
  readonly name: Name
  readonly payload: Payload
}

export const eventType = <Name extends `${string}.${string}`, Payload extends Schema.Codec<unknown, unknown>>(
  type: EventType<Name, Payload>
): EventType<Name, Payload> => type

/**
 * The INSERT of an event for each row of `from`, as a part of the statement that makes the change: `WITH …, told AS
 * (${insertEvent(…)})`. All else is SQL: an expression of a uuid, and one for each field of the payload.
 */
export const insertEvent = <Payload extends Schema.Codec<unknown, unknown>>(
  { name }: EventType<string, Payload>,
  { entity, payload, from }: Insertion<Payload>
) => {
  const fields = Object.entries(payload).map(([field, expression]) => `'${field}', ${expression}`)
  return `INSERT INTO events (type, entity, payload)
  SELECT '${name}', ${entity}, jsonb_build_object(${fields.join(", ")}) FROM ${from}`
}

type Insertion<Payload extends Schema.Codec<unknown, unknown>> = {
  readonly entity: string
  readonly payload: { readonly [Field in keyof Payload["Encoded"]]: string }
  readonly from: string
}
