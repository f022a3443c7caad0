import { Schema } from "effect"
import { jobKind } from "../jobs/Jobs.ts"
import { NoPayload } from "../jobs/schedule.ts"

/** The worker inside has limits of its own, and waits for its turn. */
const processing = {
  payload: Schema.Struct({ media_id: Schema.String }),
  timeLimit: "15 minutes",
  concurrency: 1
} as const

/** Makes a poster and renditions of an uploaded video. */
export const mediaProcess = jobKind({ name: "media.process", ...processing })

/** The same of whoever has one under way. The two kinds take turns, so that nobody's many stand before another's first. */
export const mediaProcessMore = jobKind({ name: "media.process.more", ...processing })

/** Removes objects that no row names any more (Removals.ts). */
export const mediaRemove = jobKind({
  name: "media.remove",
  payload: Schema.Struct({ keys: Schema.Array(Schema.String) }),
  timeLimit: "5 minutes",
  concurrency: 1
})

/** What the owner of a video reads whose work ended without a word. */
export const stoppedUnexpectedly = "Processing the video stopped unexpectedly."

export const mediaCollect = jobKind({
  name: "media.collect",
  payload: NoPayload,
  timeLimit: "1 hour",
  concurrency: 1
})
