import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Fiber } from "effect"
import { makeTurns } from "../../src/server/middleware/turns.ts"
import { UserId } from "../../src/services/auth/model.ts"

const [amina, karim] = [UserId.make("amina"), UserId.make("karim")]

describe("turns of users", () => {
  it.effect("let one of a user's requests go on at a time, in the order they came, and nobody else's wait", () =>
    Effect.gen(function* () {
      const inTurn = makeTurns<UserId>(1)
      const [gate, begun] = [yield* Deferred.make<void>(), [] as string[]]
      const request = (user: UserId, name: string) =>
        Effect.forkChild(
          inTurn(user)(
            Effect.andThen(
              Effect.sync(() => begun.push(name)),
              Deferred.await(gate)
            )
          ),
          { startImmediately: true }
        )
      const fibers = [
        yield* request(amina, "first"),
        yield* request(amina, "second"),
        yield* request(karim, "other"),
        yield* request(amina, "third")
      ]
      assert.deepStrictEqual(begun, ["first", "other"])
      yield* Deferred.succeed(gate, undefined)
      yield* Effect.forEach(fibers, Fiber.join)
      assert.deepStrictEqual(begun, ["first", "other", "second", "third"])
    })
  )

  it.effect("give the turn to the next when one fails or leaves, in line or at work", () =>
    Effect.gen(function* () {
      const inTurn = makeTurns<UserId>(1)(amina)
      const begin = (work: Effect.Effect<unknown, string>) =>
        Effect.forkChild(Effect.exit(inTurn(work)), { startImmediately: true })
      const atWork = yield* begin(Effect.never)
      const inLine = yield* begin(Effect.never)
      const failing = yield* begin(Effect.fail("no"))
      const last = yield* begin(Effect.succeed("done"))
      yield* Fiber.interrupt(inLine)
      yield* Fiber.interrupt(atWork)
      yield* Fiber.join(failing)
      yield* Fiber.join(last)
      assert.strictEqual(yield* inTurn(Effect.succeed("again")), "again")
    })
  )
})
