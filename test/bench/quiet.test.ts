import { assert, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { quiet } from "../../bench/quiet.ts"
import { lineOf } from "../../bench/report.ts"

/** A machine whose load is the next of these at each look, and stays at the last. */
const machine = (loads: ReadonlyArray<number>) => {
  let looks = 0
  return Effect.sync(() => loads[Math.min(looks++, loads.length - 1)] ?? 0)
}

it.effect("a row begins at once on a quiet machine, and is told how quiet it is", () =>
  Effect.gen(function* () {
    assert.strictEqual(yield* quiet(machine([0.4])), 0.4)
  })
)

it.effect("a row waits until what the one before did is over", () =>
  Effect.gen(function* () {
    const waiting = yield* Effect.forkChild(quiet(machine([6.3, 3, 0.9])))
    yield* TestClock.adjust("9 seconds")
    assert.isUndefined(waiting.pollUnsafe())
    yield* TestClock.adjust("1 second")
    assert.strictEqual(yield* Fiber.join(waiting), 0.9)
  })
)

it.effect("a row is refused on a machine that stays busy", () =>
  Effect.gen(function* () {
    const waiting = yield* Effect.forkChild(Effect.flip(quiet(machine([2]))))
    yield* TestClock.adjust("5 minutes")
    assert.match((yield* Fiber.join(waiting)).message, /^The machine is busy \(load 2\.0\): with --draft /)
  })
)

it("a line has the load of before its row", () => {
  const outcome = { row: "start", title: "", bar: 0.6, value: 0.5, unit: "s", holds: true, spread: [0.5, 0.5] } as const
  const line = JSON.parse(lineOf(outcome, 0.25))
  assert.deepInclude(line, { row: "start", load_before: 0.25 })
  assert.notProperty(line, "load")
})
