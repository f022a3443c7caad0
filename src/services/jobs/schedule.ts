import { Cron, DateTime, Schema } from "effect"
import type { JobKind } from "./Jobs.ts"

/** Work that time alone asks for needs to know nothing else. */
export const NoPayload = Schema.Struct({})

/** A job that is offered at these times, in UTC. Its id is the time, so that it runs once however many processes offer it. */
export type JobSchedule = { readonly kind: JobKind<typeof NoPayload>; readonly cron: Cron.Cron }

// By its offset: a zone looked up by name loads the data of Intl at each start.
const utc = DateTime.zoneMakeOffset(0)

/** `schedule(kind, "0 3 * * *")`: every day at three. */
export const schedule = (kind: JobKind<typeof NoPayload>, cron: string): JobSchedule => ({
  kind,
  cron: Cron.parseUnsafe(cron, utc)
})
