/** Who is served when there is not enough for all. */
import { assert, it } from "@effect/vitest"
import { Deferred, Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { makeLine } from "../../src/layers/line.ts"
import { UserId } from "../../src/services/auth/model.ts"
import { makePlaces } from "../../src/services/places.ts"
import { heldMemory } from "../support/memory.ts"

/** A line whose work lasts until it is told to end, and in which order it began. */
const watched = (capacity: number) => {
  const inLine = makeLine(capacity)
  const begun: Array<string> = []
  const ends = new Map<string, Deferred.Deferred<void>>()
  const enter = Effect.fnUntraced(function* (name: string, share: number, user = name) {
    const end = yield* Deferred.make<void>()
    ends.set(name, end)
    const work = Effect.andThen(
      Effect.sync(() => begun.push(name)),
      Deferred.await(end)
    )
    return yield* Effect.forkChild(inLine({ share, user: UserId.make(user) }, work), { startImmediately: true })
  })
  const end = Effect.fnUntraced(function* (name: string) {
    const ending = ends.get(name)
    if (ending !== undefined) yield* Deferred.succeed(ending, undefined)
    yield* Effect.yieldNow
    yield* Effect.yieldNow
  })
  return { enter, end, begun }
}

it.effect("in a line everybody's first comes before anybody's second, each in the order of arrival", () =>
  Effect.gen(function* () {
    const { enter, end, begun } = watched(1)
    yield* enter("a1", 1, "a")
    yield* enter("a2", 1, "a")
    yield* enter("b1", 1, "b")
    yield* enter("b2", 1, "b")
    yield* enter("c1", 1)
    for (const name of ["a1", "b1", "c1", "a2", "b2"]) yield* end(name)
    assert.deepStrictEqual(begun, ["a1", "b1", "c1", "a2", "b2"])
  })
)

it.effect("in a line nobody is overtaken by those who need less, and who needs more than all gets all", () =>
  Effect.gen(function* () {
    const { enter, end, begun } = watched(10)
    yield* enter("a", 6)
    yield* enter("b", 4)
    yield* enter("large", 50)
    yield* enter("small", 1)
    yield* end("a")
    assert.deepStrictEqual(begun, ["a", "b"])
    yield* end("b")
    assert.deepStrictEqual(begun, ["a", "b", "large"])
    yield* end("large")
    assert.deepStrictEqual(begun, ["a", "b", "large", "small"])
  })
)

it.effect("who leaves a line, or waits in vain, leaves nothing behind", () =>
  Effect.gen(function* () {
    const { enter, end, begun } = watched(10)
    const first = yield* enter("first", 10)
    const gone = yield* enter("gone", 10)
    const late = yield* enter("late", 10)
    yield* Fiber.interrupt(gone)
    yield* TestClock.adjust("26 seconds")
    const refused = yield* Effect.flip(Fiber.join(late))
    assert.deepInclude(refused, { _tag: "Unavailable", retry_after: 25 })
    yield* enter("last", 10)
    yield* Fiber.interrupt(first)
    yield* end("")
    assert.deepStrictEqual(begun, ["first", "last"])
    yield* enter("more", 1)
    assert.notInclude(begun, "more")
    yield* end("last")
    assert.include(begun, "more")
  })
)

it.effect("a user has so many at once and no more, until one of them ends", () =>
  Effect.gen(function* () {
    const place = makePlaces<UserId>(2)
    const ofUser = <A>(user: UserId, work: Effect.Effect<A>) => Effect.scoped(Effect.andThen(place(user), work))
    const end = yield* Deferred.make<void>()
    const hold = (user: string) => ofUser(UserId.make(user), Deferred.await(end))
    const ask = (user: string) => ofUser(UserId.make(user), Effect.succeed("done"))
    const one = yield* Effect.forkChild(hold("a"), { startImmediately: true })
    const two = yield* Effect.forkChild(hold("a"), { startImmediately: true })
    assert.deepInclude(yield* Effect.flip(ask("a")), { _tag: "Unavailable", retry_after: 5 })
    assert.strictEqual(yield* ask("b"), "done")
    yield* Fiber.interrupt(one)
    assert.strictEqual(yield* ask("a"), "done")
    yield* Deferred.succeed(end, undefined)
    yield* Fiber.join(two)
    assert.strictEqual(yield* ask("a"), "done")
  })
)

it.effect("whoever has ended is forgotten", () =>
  Effect.gen(function* () {
    const place = makePlaces<string>(1)
    const before = heldMemory()
    for (let i = 0; i < 200_000; i++) yield* Effect.scoped(place(`user ${i}`))
    assert.isBelow(heldMemory() - before, 4 * 1024 ** 2)
    // It is still one at a time.
    assert.isTrue(yield* Effect.scoped(Effect.andThen(place("a"), Effect.isFailure(Effect.scoped(place("a"))))))
  })
)
