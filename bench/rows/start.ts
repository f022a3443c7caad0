import { Effect } from "effect"
import { summary } from "../compare.ts"
import { type Stage, startOurs } from "../stage.ts"

const starts = 7

/** Seconds from the start of the process to its first 200, of a page that comes from the database. */
export const start = Effect.fnUntraced(function* (stage: Stage) {
  const seconds: Array<number> = []
  for (let i = 0; i < starts; i++) {
    seconds.push((yield* Effect.scoped(startOurs(stage, "/api/v1/products"))).startedIn)
  }
  return summary(seconds)
})
