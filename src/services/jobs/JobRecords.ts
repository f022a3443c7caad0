import { Context, type Effect, type Option, Schema } from "effect"

/**
 * `waiting`: due, and nobody does it yet. `delayed`: not due yet, after a failure or by its offer. `running`: a living process does it.
 * `done`: kept for its id. `failed`: a dead letter, which only an operator brings back.
 */
export const JobState = Schema.Literals(["waiting", "delayed", "running", "done", "failed"])
export type JobState = typeof JobState.Type

export type JobRecord = {
  /** Short and unique, for a person to type. */
  readonly number: number
  readonly kind: string
  /** Unique among its kind. */
  readonly id: string
  readonly state: JobState
  readonly attempts: number
  /** As it is kept: JSON. */
  readonly payload: string
  /** Of the last attempt that failed. */
  readonly failure: string | null
  readonly due_at: Date
  readonly created_at: Date
  readonly updated_at: Date
}

export type JobFilter = {
  readonly kind?: string | undefined
  readonly state?: JobState | undefined
  readonly limit: number
}

/** How it stands with one kind; `oldest_seconds` is how long its oldest waiting job has been due. */
export type JobBacklog = {
  readonly kind: string
  readonly failed: number
  readonly waiting: number
  readonly oldest_seconds: number
}

/** The jobs as an operator sees them. */
export class JobRecords extends Context.Service<
  JobRecords,
  {
    /** What was not done yet, or what is in this state: the newest first. */
    readonly list: (filter: JobFilter) => Effect.Effect<ReadonlyArray<JobRecord>>
    readonly get: (number: number) => Effect.Effect<Option.Option<JobRecord>>
    /** Every kind has its own ids, so that several may be found. */
    readonly named: (id: string) => Effect.Effect<ReadonlyArray<JobRecord>>
    /**
     * Makes a dead letter, or what waits after a failed attempt, due now, with all its attempts before it. False when it is
     * neither: the delay of what was never tried may be all that keeps its work from what is under way (media's Removals).
     */
    readonly retry: (number: number) => Effect.Effect<boolean>
    /** Retries every dead letter, of this kind if one is named: how many. */
    readonly retryFailed: (kind: string | undefined) => Effect.Effect<number>
    /** Forgets a job, and its id with it. False when it is running, or gone. */
    readonly drop: (number: number) => Effect.Effect<boolean>
    /** The payloads of the jobs of this kind that are waiting, delayed or running. */
    readonly open: (kind: string) => Effect.Effect<ReadonlyArray<string>>
    /** Forgets the oldest of what was done of kinds that are done often: how many. */
    readonly forgetBusy: Effect.Effect<number>
    /** Every kind that has jobs waiting or dead. */
    readonly backlog: Effect.Effect<ReadonlyArray<JobBacklog>>
  }
>()("zst/jobs/JobRecords") {}
