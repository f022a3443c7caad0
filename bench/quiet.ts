import { loadavg } from "node:os"
import { Effect } from "effect"
import { BenchFailed } from "./failure.ts"

/** Of processes that wanted to run in the last minute. */
const idle = 1

/** What a row did itself is gone from that minute after some two. */
const longestSeconds = 300
const lookSeconds = 5

export const load = Effect.sync(() => loadavg()[0] ?? 0)

/** Waits until the machine has nothing else to do: its load then. */
export const quiet = Effect.fnUntraced(function* (look: Effect.Effect<number>) {
  let found = yield* look
  if (found > idle) process.stderr.write(`Waiting for the machine, which is busy (load ${found.toFixed(1)})…\n`)
  for (let waited = 0; found > idle; waited += lookSeconds) {
    if (waited >= longestSeconds) return yield* busy(found)
    yield* Effect.sleep(`${lookSeconds} seconds`)
    found = yield* look
  }
  return found
})

const busy = (found: number) =>
  new BenchFailed({
    message: `The machine is busy (load ${found.toFixed(1)}): with --draft it measures all the same, and records nothing.`
  })
