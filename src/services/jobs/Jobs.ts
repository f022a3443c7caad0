import { Context, type Duration, Effect, Schedule, Schema } from "effect"
import type { SqlError } from "effect/sql"

/**
 * A kind of background work, declared once by its domain. Payloads are ids. Work is done at least once, so a handler is
 * idempotent; `attempts` counts from 1.
 */
export type JobKind<Payload extends Schema.Codec<unknown, unknown> = Schema.Codec<unknown, unknown>> = {
  /** Such as `media.process`. Never reused for another shape. */
  readonly name: string
  readonly payload: Payload
  /** How often it is tried before it is a dead letter. */
  readonly maxAttempts: number
  /** Waiting times between tries. */
  readonly retry: Schedule.Schedule<unknown, number>
  /** An attempt that takes longer is interrupted, and counts as failed. */
  readonly timeLimit: Duration.Input
  /** How many of this kind run at once in one process. */
  readonly concurrency: number
}

/** Some two and a half hours in all, from five seconds to an hour apart: what work needs may be away for that long. */
const usual = {
  maxAttempts: 8,
  retry: Schedule.min([Schedule.exponential("5 seconds", 4), Schedule.spaced("1 hour")])
}

type Declared<Payload extends Schema.Codec<unknown, unknown>> = Omit<JobKind<Payload>, keyof typeof usual> &
  Partial<Pick<JobKind<Payload>, keyof typeof usual>>

export const jobKind = <Payload extends Schema.Codec<unknown, unknown>>(kind: Declared<Payload>): JobKind<Payload> => ({
  ...usual,
  ...kind
})

export type Attempt = { readonly id: string; readonly attempts: number }

/** A kind with what does its work. */
export type JobHandler = {
  readonly kind: JobKind
  readonly run: (payload: unknown, attempt: Attempt) => Effect.Effect<void, unknown>
  /** Told when its last attempt has failed, before it is a dead letter; not when its process died in that attempt. */
  readonly onDead: (payload: unknown, attempt: Attempt) => Effect.Effect<void, unknown>
}

/** Ties a kind to its work, which is given the payload as the kind's schema decoded it. */
export const jobHandler = <Payload extends Schema.Codec<unknown, unknown>>(
  kind: JobKind<Payload>,
  run: (payload: Payload["Type"], attempt: Attempt) => Effect.Effect<void, unknown>,
  onDead: (payload: Payload["Type"], attempt: Attempt) => Effect.Effect<void, unknown> = () => Effect.void
): JobHandler => {
  const fits = Schema.is(kind.payload)
  return {
    kind,
    onDead: (payload, attempt) => (fits(payload) ? onDead(payload, attempt) : Effect.void),
    run: (payload, attempt) =>
      fits(payload) ? run(payload, attempt) : Effect.die(new TypeError(`This is no payload of ${kind.name}`))
  }
}

export class Jobs extends Context.Service<
  Jobs,
  {
    /**
     * Offers work in the caller's transaction: it is there if and only if that commits. The same `id` again is the same
     * job, also after it was done.
     */
    readonly offer: <Payload extends Schema.Codec<unknown, unknown>>(
      kind: JobKind<Payload>,
      payload: Payload["Type"],
      options: { readonly id: string; readonly delay?: Duration.Input | undefined }
    ) => Effect.Effect<void, SqlError.SqlError>
  }
>()("zst/jobs/Jobs") {}
