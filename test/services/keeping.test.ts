import { assert, it } from "@effect/vitest"
import { Deferred, Effect, Exit, Fiber } from "effect"
import { keptOnceDone } from "../../src/services/keeping.ts"

it.effect("what failed, died or was interrupted is tried again; what was done is kept", () =>
  Effect.gen(function* () {
    const begun = yield* Deferred.make<void>()
    const attempts = [
      Effect.fail("not yet"),
      Effect.die(new Error("broken")),
      Effect.andThen(Deferred.succeed(begun, undefined), Effect.never),
      Effect.succeed("done"),
      Effect.die(new Error("asked once too often"))
    ]
    const kept = yield* keptOnceDone(Effect.suspend(() => attempts.shift() ?? Effect.never))
    assert.isTrue(Exit.isFailure(yield* Effect.exit(kept)))
    assert.isTrue(Exit.isFailure(yield* Effect.exit(kept)))
    const left = yield* Effect.forkChild(kept)
    yield* Deferred.await(begun)
    yield* Fiber.interrupt(left)
    assert.deepStrictEqual([yield* kept, yield* kept], ["done", "done"])
  })
)
