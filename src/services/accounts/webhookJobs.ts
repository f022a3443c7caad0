import { Effect } from "effect"
import { jobHandler, jobKind } from "../jobs/Jobs.ts"
import { NoPayload } from "../jobs/schedule.ts"
import { ClerkEvents } from "./ClerkEvents.ts"

export const webhooksPrune = jobKind({
  name: "webhooks.prune",
  payload: NoPayload,
  timeLimit: "5 minutes",
  concurrency: 1
})

/** Forgets the ids of webhook messages that nobody sends again. */
export const pruneWebhookMessages = Effect.map(ClerkEvents, ({ prune }) => jobHandler(webhooksPrune, () => prune))
