/** The rows of the process itself: how fast it starts, and what it weighs at rest. */
import { execFileSync } from "node:child_process"
import { Effect } from "effect"
import { pause } from "../child.ts"
import { median } from "../compare.ts"
import { type Stage, startOurs } from "../stage.ts"

const starts = 7
const settle = 2_000

/** Seconds from the start of the process to its first 200, of a page that comes from the database. */
export const start = Effect.fnUntraced(function* (stage: Stage) {
  const seconds: Array<number> = []
  for (let i = 0; i < starts; i++) {
    seconds.push((yield* Effect.scoped(startOurs(stage, "/api/v1/products"))).startedIn)
  }
  return summary(seconds)
})

/** Resident memory of a server that has just started and answered, in MB. */
export const memory = Effect.fnUntraced(function* (stage: Stage) {
  const sizes: Array<number> = []
  for (let i = 0; i < 3; i++) {
    sizes.push(
      yield* Effect.scoped(
        Effect.tap(startOurs(stage, "/api/v1/products"), () => pause(settle)).pipe(
          Effect.map(({ pid }) => Number(execFileSync("ps", ["-o", "rss=", "-p", String(pid)])) / 1024)
        )
      )
    )
  }
  return summary(sizes)
})

const summary = (values: ReadonlyArray<number>) => ({
  value: median(values),
  spread: [Math.min(...values), Math.max(...values)] as const
})
