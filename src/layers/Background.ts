/** Everything that is done in the background. Another domain adds a line to one of these lists. */
import { Effect } from "effect"
import { userErased } from "../services/accounts/events.ts"
import { accountsPurge, purgeAccounts } from "../services/accounts/jobs.ts"
import { pruneWebhookMessages, webhooksPrune } from "../services/auth/jobs.ts"
import { productDeleted } from "../services/catalog/events.ts"
import type { Consumer } from "../services/events/consumer.ts"
import type { EventType } from "../services/events/eventType.ts"
import { eventsPrune, pruneEvents } from "../services/events/jobs.ts"
import { idempotencyPrune, pruneIdempotencyKeys } from "../services/idempotency/jobs.ts"
import { type JobSchedule, schedule } from "../services/jobs/schedule.ts"
import { mediaCollect } from "../services/media/jobKinds.ts"
import { collectMedia } from "../services/media/jobs.ts"
import { processVideo } from "../services/media/processVideo.ts"
import { orderPlaced } from "../services/orders/events.ts"
import { jobsPrune, pruneJobs } from "./pruneJobs.ts"

export const eventTypes: ReadonlyArray<EventType> = [orderPlaced, productDeleted, userErased]

export const consumers: ReadonlyArray<Consumer<never>> = []

/** Each kind once, with what does its work. */
export const handlers = Effect.gen(function* () {
  return [
    yield* purgeAccounts,
    yield* pruneIdempotencyKeys,
    yield* pruneWebhookMessages,
    yield* pruneJobs,
    yield* processVideo,
    yield* collectMedia,
    yield* pruneEvents
  ]
})

export const schedules: ReadonlyArray<JobSchedule> = [
  schedule(idempotencyPrune, "5 * * * *"),
  schedule(webhooksPrune, "10 * * * *"),
  schedule(jobsPrune, "15 * * * *"),
  schedule(accountsPurge, "0 3 * * *"),
  schedule(eventsPrune, "0 4 * * *"),
  schedule(mediaCollect, "30 4 * * *")
]
