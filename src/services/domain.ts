/** What a domain gives to the whole. Everything that has to know every domain folds over their list (`layers/domains.ts`). */
import { Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"
import type { UserId } from "./auth/model.ts"
import type { Consumer } from "./events/consumer.ts"
import type { EventType } from "./events/eventType.ts"
import type { JobHandler } from "./jobs/Jobs.ts"
import type { JobSchedule } from "./jobs/schedule.ts"
import type { Limit } from "./limits.ts"
import type { Used } from "./Uses.ts"

/** `addresses.user_id` */
export type Column = `${string}.${string}`

/**
 * What becomes of rows that point at a person who is erased. `deleted`: there are none any more. `anonymised`: those that
 * stay say nothing of the person. `kept`: they never did.
 */
export type Fate = "deleted" | "anonymised" | "kept"

/** Erases what a domain knows of a person, in the caller's transaction, which holds the person. */
export type Erase = (user: UserId) => Effect.Effect<void, SqlError.SqlError>

type Contributions<RJobs, RErase, RConsume> = {
  /** Kinds of jobs with their work, and when time asks for one. */
  readonly jobs: Effect.Effect<ReadonlyArray<JobHandler>, never, RJobs>
  readonly schedules: ReadonlyArray<JobSchedule>
  /** Events that it writes, and what it does about events. */
  readonly events: ReadonlyArray<EventType>
  readonly consumers: ReadonlyArray<Consumer<RConsume>>
  /** Every column that points at a person. */
  readonly people: Readonly<Record<Column, Fate>>
  readonly erase: Effect.Effect<Erase, never, RErase>
  /** Over users u: the person is still needed, and is not erased yet. */
  readonly needs: Effect.Effect<ReadonlyArray<string>>
  /** Columns whose rows keep what they point at from being deleted. */
  readonly uses: Readonly<Partial<Record<Used, ReadonlyArray<Column>>>>
  readonly limits: ReadonlyArray<Limit>
}

export type Domain<ROut, RIn, RJobs, RErase, RConsume> = Contributions<RJobs, RErase, RConsume> & {
  readonly name: string
  readonly layer: Layer.Layer<ROut, never, RIn>
}

const nothing: Contributions<never, never, never> = {
  jobs: Effect.succeed([]),
  schedules: [],
  events: [],
  consumers: [],
  people: {},
  erase: Effect.succeed(() => Effect.void),
  needs: Effect.succeed([]),
  uses: {},
  limits: []
}

/** A domain is its services, and whatever it names of the rest. */
export const domain = <ROut, RIn, RJobs = never, RErase = never, RConsume = never>(
  given: { readonly name: string; readonly layer: Layer.Layer<ROut, never, RIn> } & Partial<
    Contributions<RJobs, RErase, RConsume>
  >
): Domain<ROut, RIn, RJobs, RErase, RConsume> => ({ ...nothing, ...given })

type Stacked<
  Layers extends ReadonlyArray<Layer.Any>,
  Out = never,
  Failure = never,
  In = never
> = Layers extends readonly [infer First extends Layer.Any, ...infer Rest extends ReadonlyArray<Layer.Any>]
  ? Stacked<Rest, Out | Layer.Success<First>, Failure | Layer.Error<First>, In | Exclude<Layer.Services<First>, Out>>
  : Layer.Layer<Out, Failure, In>

/** Layers in their order: each is given what those before it make. */
export const stack = <const Layers extends ReadonlyArray<Layer.Any>>(...layers: Layers) =>
  layers.reduce<Layer.Any>(
    (below, layer) => Layer.provideMerge(layer as Layer.Layer<unknown>, below as Layer.Layer<unknown>),
    Layer.empty
  ) as Stacked<Layers>
