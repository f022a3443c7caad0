/** How long something may take, from when its time begins. */
import { assert, it } from "@effect/vitest"
import { Effect, Exit } from "effect"
import { within } from "../../src/server/middleware/ErrorEnvelope.ts"
import { Unavailable } from "../../src/services/errors.ts"
import { eventually } from "../support/eventually.ts"

/** Whether it was cut off, and when its time began. */
const outcome = Effect.fnUntraced(function* (work: Effect.Effect<string>, beginsAfter: number | undefined) {
  let begun = Number.POSITIVE_INFINITY
  const start = (begin: () => void) => {
    if (beginsAfter === undefined) return
    setTimeout(() => {
      begun = performance.now()
      begin()
    }, beginsAfter)
  }
  const exit = yield* Effect.exit(within(work, 50, start))
  const isCut =
    Exit.isFailure(exit) && exit.cause.reasons.some((one) => "error" in one && one.error instanceof Unavailable)
  return { isCut, isAfter: performance.now() - begun >= 45 }
})

it.effect("what takes too long is cut off, counted from when its time begins", () =>
  Effect.gen(function* () {
    assert.deepStrictEqual(yield* outcome(Effect.never, 100), { isCut: true, isAfter: true })
    let interrupted = false
    const left = Effect.onInterrupt(Effect.never, () =>
      Effect.sync(() => {
        interrupted = true
      })
    )
    assert.isTrue((yield* outcome(left, 0)).isCut)
    yield* eventually(
      Effect.sync(() => interrupted),
      (isSo) => isSo
    )
  })
)

it.effect("what has not begun, or ends before, is not", () =>
  Effect.gen(function* () {
    const soon = Effect.promise(() => new Promise<string>((resolve) => setTimeout(resolve, 150, "done")))
    assert.isFalse((yield* outcome(soon, undefined)).isCut)
    assert.isFalse((yield* outcome(Effect.succeed("done"), 1)).isCut)
  })
)
