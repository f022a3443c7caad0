import { assert, it } from "@effect/vitest"
import { Duration, Effect, Layer } from "effect"
import { RateLimiter } from "effect/persistence"
import { TestClock } from "effect/testing"
import { layer, layerOf } from "../../src/layers/RateLimitStore.ts"
import { heldMemory } from "../support/memory.ts"

const limiter = (store: typeof layer) => RateLimiter.layer.pipe(Layer.provide(store))

/** How many of `attempts` were let through, twenty an hour. */
const passes = Effect.fnUntraced(function* (key: string, attempts: number) {
  const { consume } = yield* RateLimiter.RateLimiter
  let passed = 0
  for (let i = 0; i < attempts; i++) {
    const exit = yield* Effect.exit(consume({ key, limit: 20, window: "1 hour", algorithm: "token-bucket" }))
    if (exit._tag === "Success") passed++
  }
  return passed
})

const remaining = Effect.fnUntraced(function* (key: string) {
  const { consume } = yield* RateLimiter.RateLimiter
  return (yield* consume({ key, limit: 20, window: "1 hour", tokens: 0, algorithm: "token-bucket" })).remaining
})

it.effect("a bucket is emptied at once, fills by its rate, and is full after its window", () =>
  Effect.gen(function* () {
    assert.strictEqual(yield* passes("a", 25), 20)
    assert.strictEqual(yield* passes("b", 1), 1)
    yield* TestClock.adjust("3 minutes")
    assert.strictEqual(yield* passes("a", 5), 1)
    yield* TestClock.adjust("59 minutes")
    assert.strictEqual(yield* passes("a", 25), 19)
    yield* TestClock.adjust("2 hours")
    assert.strictEqual(yield* passes("a", 25), 20)
  }).pipe(Effect.provide(limiter(layer)))
)

it.effect("whoever keeps to the rate is never refused", () =>
  Effect.gen(function* () {
    yield* passes("a", 19)
    for (let i = 0; i < 100; i++) {
      assert.strictEqual(yield* passes("a", 1), 1)
      yield* TestClock.adjust("3 minutes")
    }
  }).pipe(Effect.provide(limiter(layer)))
)

it.effect("a clock that is set back keeps nobody waiting", () =>
  Effect.gen(function* () {
    const noon = 1_800_007_200_000
    yield* TestClock.setTime(noon)
    yield* passes("a", 1)
    yield* TestClock.setTime(noon - 7_200_000)
    assert.strictEqual(yield* remaining("a"), 19)
    assert.strictEqual(yield* passes("a", 25), 19)
    yield* TestClock.adjust("3 minutes")
    assert.strictEqual(yield* passes("a", 5), 1)
  }).pipe(Effect.provide(limiter(layer)))
)

it.effect("a bucket holds its last token at any moment", () =>
  Effect.gen(function* () {
    for (let i = 0; i < 20; i++) {
      yield* TestClock.adjust(Duration.nanos(123_456_789n))
      assert.strictEqual(yield* passes(`a ${i}`, 25), 20)
    }
  }).pipe(Effect.provide(limiter(layer)))
)

it.effect("what takes more than is left is owed", () =>
  Effect.gen(function* () {
    const { tokenBucket } = yield* RateLimiter.RateLimiterStore
    const asked = { key: "a", limit: 20, refillRate: Duration.minutes(3) }
    yield* tokenBucket({ ...asked, tokens: 19, allowOverflow: false })
    for (const tokens of [14, 30, 30]) yield* tokenBucket({ ...asked, tokens, allowOverflow: true })
    for (const minutes of [0, 216]) {
      yield* TestClock.adjust(Duration.minutes(minutes))
      const [left] = yield* tokenBucket({ ...asked, tokens: 1, allowOverflow: false })
      assert.isBelow(left, 0)
    }
    yield* TestClock.adjust("6 minutes")
    const [left] = yield* tokenBucket({ ...asked, tokens: 1, allowOverflow: false })
    assert.strictEqual(left, 0)
  }).pipe(Effect.provide(layer))
)

it.effect("asking what is left takes nothing", () =>
  Effect.gen(function* () {
    for (let i = 0; i < 30; i++) assert.strictEqual(yield* remaining("a"), 20)
    yield* passes("a", 3)
    assert.strictEqual(yield* remaining("a"), 17)
    yield* passes("a", 30)
    assert.strictEqual(yield* remaining("a"), 0)
  }).pipe(Effect.provide(limiter(layer)))
)

it.effect("a flood of keys takes neither memory nor the place of a budget that is used up", () =>
  Effect.gen(function* () {
    const { tokenBucket } = yield* RateLimiter.RateLimiterStore
    const use = (key: string, tokens: number) =>
      tokenBucket({ key, tokens, refillRate: Duration.minutes(3), limit: 20, allowOverflow: false })
    yield* use("spent", 20)
    const before = heldMemory()
    for (let i = 0; i < 1_000_000; i++) {
      yield* use(`flood ${i}`, 1)
      if (i % 10_000 === 0) yield* TestClock.adjust("1 second")
    }
    assert.isBelow(heldMemory() - before, 40 * 1024 ** 2)
    assert.strictEqual((yield* use("spent", 20))[0] < 0, true)
  }).pipe(Effect.provide(layer))
)

it.effect("buckets that are full again are not kept", () =>
  Effect.gen(function* () {
    const { tokenBucket } = yield* RateLimiter.RateLimiterStore
    const before = heldMemory()
    for (let i = 0; i < 80_000; i++) {
      yield* tokenBucket({
        key: `guest ${i}`,
        tokens: 1,
        refillRate: Duration.millis(200),
        limit: 20,
        allowOverflow: false
      })
      if (i % 1000 === 0) yield* TestClock.adjust("1 second")
    }
    assert.isBelow(heldMemory() - before, 3 * 1024 ** 2)
  }).pipe(Effect.provide(layer))
)

it.effect("what has ended makes room first", () =>
  Effect.gen(function* () {
    for (const key of ["a", "b", "c"]) yield* passes(key, 1)
    yield* TestClock.adjust("10 minutes")
    yield* passes("d", 1)
    yield* passes("e", 1)
    assert.deepStrictEqual([yield* remaining("d"), yield* remaining("e")], [19, 19])
  }).pipe(Effect.provide(limiter(layerOf(4))))
)
