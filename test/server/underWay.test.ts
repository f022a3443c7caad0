import { assert, it } from "@effect/vitest"
import { Deferred, Effect, Fiber } from "effect"
import { requestsUnderWay } from "../../src/server/http/underWay.ts"

it.effect("whoever waits for requests under way waits for all of them, also for those that fail", () =>
  Effect.gen(function* () {
    const requests = requestsUnderWay()
    yield* requests.ended
    const [one, other] = [yield* Deferred.make<void, string>(), yield* Deferred.make<void, string>()]
    for (const gate of [one, other]) {
      yield* Effect.forkChild(requests.counted(Deferred.await(gate)), { startImmediately: true })
    }
    const waiting = yield* Effect.forkChild(requests.ended, { startImmediately: true })
    yield* Deferred.succeed(one, undefined)
    yield* Effect.yieldNow
    assert.isUndefined(waiting.pollUnsafe())
    yield* Deferred.fail(other, "no")
    yield* Fiber.join(waiting)
  })
)
