import { assert, it } from "@effect/vitest"
import { Effect, Logger, Ref } from "effect"
import { TestClock } from "effect/testing"
import { housekeeping } from "../../src/server/housekeeping.ts"

it.effect("housekeeping prunes soon after the start, then every hour, and a failure stops nothing", () =>
  Effect.gen(function* () {
    const runs = yield* Ref.make(0)
    const failing = { name: "broken", prune: Effect.die("no database") }
    const counting = { name: "counted", prune: Ref.updateAndGet(runs, (n) => n + 1) }
    yield* Effect.forkScoped(housekeeping([failing, counting]))
    yield* TestClock.adjust("10 seconds")
    assert.strictEqual(yield* Ref.get(runs), 0)
    yield* TestClock.adjust("1 minute")
    assert.strictEqual(yield* Ref.get(runs), 1)
    yield* TestClock.adjust("3 hours")
    assert.strictEqual(yield* Ref.get(runs), 4)
  }).pipe(Effect.provide(Logger.layer([])))
)
