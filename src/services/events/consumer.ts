import { Duration, Effect, Schema } from "effect"
import type { EventType } from "./eventType.ts"

/** An event as a consumer gets it. Of two of one entity, that with the lower id happened first. */
export type EventOf<Type extends EventType> =
  Type extends EventType<infer Name, infer Payload>
    ? {
        readonly id: number
        readonly type: Name
        readonly entity: string
        readonly payload: Payload["Type"]
        readonly created_at: Date
      }
    : never

/** An event as it is kept. */
export type EventRow = {
  readonly id: number
  readonly type: string
  readonly entity: string
  readonly payload: unknown
  readonly created_at: Date
}

/** Who reads events of some types, all of them and in their order, one process at a time. */
export type Consumer<R> = {
  /** Such as `figures.sales`: its place in the log is kept under it. */
  readonly name: string
  readonly types: ReadonlyArray<EventType>
  /** The names of these types, and of those that it consumed once. */
  readonly knows: ReadonlyArray<string>
  /** Where it starts when it is new: with the oldest event that is kept, or with the next one. */
  readonly from: "begin" | "now"
  readonly timeLimit: Duration.Duration
  readonly run: (rows: ReadonlyArray<EventRow>) => Effect.Effect<void, unknown, R>
}

type Options<Types extends ReadonlyArray<EventType>, R> = {
  readonly name: `${string}.${string}`
  readonly types: Types
  /**
   * Types that it consumed once. A version of the program leaves a consumer alone for which types are registered that it
   * does not know of: it would pass over them.
   */
  readonly dropped?: ReadonlyArray<string>
  readonly from: "begin" | "now"
  /** Ten seconds unless said. A run that takes longer is interrupted, and has failed. */
  readonly timeLimit?: Duration.Input
  /**
   * Gets at most 500 events. It runs in the transaction that keeps the consumer's place: what it writes to the database
   * happens once for each event. What it does elsewhere happens before the commit, and so at least once.
   */
  readonly run: (events: ReadonlyArray<EventOf<Types[number]>>) => Effect.Effect<void, unknown, R>
}

export const consumer = <const Types extends ReadonlyArray<EventType>, R = never>({
  timeLimit = "10 seconds",
  dropped = [],
  run,
  ...rest
}: Options<Types, R>): Consumer<R> => {
  const decoders = new Map(rest.types.map(({ name, payload }) => [name, decoderOf(payload)]))
  const decoded = Effect.fnUntraced(function* (row: EventRow) {
    const decode = decoders.get(row.type)
    if (decode === undefined) return yield* Effect.die(`${rest.name} consumes no ${row.type}`)
    return { ...row, payload: yield* decode(row.payload) }
  })
  return {
    ...rest,
    knows: [...rest.types.map(({ name }) => name), ...dropped],
    timeLimit: Duration.fromInputUnsafe(timeLimit),
    // The payload is of the type that the row names: that is how its decoder was found.
    run: (rows) =>
      Effect.flatMap(Effect.forEach(rows, decoded), (events) =>
        run(events as unknown as ReadonlyArray<EventOf<Types[number]>>)
      )
  }
}

export const decoderOf = (payload: EventType["payload"]) => {
  const decode = Schema.decodeUnknownEffect(Schema.toCodecJson(payload))
  return (json: unknown) => decode(json)
}
