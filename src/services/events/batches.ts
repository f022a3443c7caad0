import type { EventRow } from "./consumer.ts"

const most = 500

/** What was slow counts for less from batch to batch. */
const forgetting = 0.9

/**
 * How many events a consumer gets at once: twice as many as before while, going by the slowest of late, half of its time
 * would do for them. One by one are read again those that failed together, for what that did elsewhere it has done.
 */
export const batchesWithin = (milliseconds: number) => {
  let size = 1
  let slowest = 0
  let failedUpTo = 0

  const measure = (events: ReadonlyArray<EventRow>, took: number) => {
    slowest = Math.max(took / events.length, slowest * forgetting)
  }

  return {
    size: () => size,
    done: (events: ReadonlyArray<EventRow>, took: number) => {
      measure(events, took)
      const isApart = (events.at(-1)?.id ?? 0) < failedUpTo
      size = isApart ? 1 : Math.max(1, Math.min(size * 2, most, Math.floor(milliseconds / 2 / slowest)))
    },
    failed: (events: ReadonlyArray<EventRow>, took: number) => {
      measure(events, took)
      failedUpTo = events.at(-1)?.id ?? 0
      size = 1
    }
  }
}
