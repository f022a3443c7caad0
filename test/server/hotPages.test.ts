import { assert, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { HttpServerRequest, HttpServerResponse } from "effect/http"
import { vi } from "vitest"
import { HotPages } from "../../src/server/http/HotPages.ts"
import { Freshness } from "../../src/services/catalog/Freshness.ts"
import { eventually } from "../support/eventually.ts"

const mebibyte = 1024 * 1024
const Pages = HotPages.layer.pipe(Layer.provideMerge(Freshness.layer))

const asked = Effect.fnUntraced(function* (url: string, bytes: number) {
  const pages = yield* HotPages
  const request = HttpServerRequest.fromWeb(new Request(`http://localhost${url}`))
  const answer = Effect.succeed(HttpServerResponse.uint8Array(new Uint8Array(bytes)))
  yield* pages.keep(request, answer)
  yield* pages.keep(request, answer)
})

it.live("pages weigh 32 MB at most together, in every coding, and the newest are kept", () =>
  Effect.gen(function* () {
    const pages = yield* HotPages
    for (let i = 0; i < 200; i++) {
      yield* asked(`/p?page=${i}`, mebibyte / 4)
      const page = pages.find(`/p?page=${i}`, performance.now())
      if (page !== undefined) for (const coding of ["br", "gzip", undefined] as const) pages.writtenIn(page, coding)
      assert.isAtMost(pages.weight(), 32 * mebibyte)
    }
    assert.isAbove(pages.weight(), 8 * mebibyte)
    assert.isDefined(pages.find("/p?page=199", performance.now()))
  }).pipe(Effect.provide(Pages))
)

it.live("what nobody may be served any more leaves without being asked for", () =>
  Effect.gen(function* () {
    const pages = yield* HotPages
    for (let i = 0; i < 10; i++) yield* asked(`/p?page=${i}`, mebibyte / 4)
    assert.isAbove(pages.weight(), mebibyte)
    yield* eventually(
      Effect.sync(() => pages.weight()),
      (weight) => weight === 0
    )
  }).pipe(Effect.provide(Pages))
)

it.live("what would take long to compress is not kept", () =>
  Effect.gen(function* () {
    const pages = yield* HotPages
    yield* asked("/p", mebibyte / 4 + 1)
    assert.strictEqual(pages.weight(), 0)
  }).pipe(Effect.provide(Pages))
)

it.live("addresses that are longer than any app's are not kept", () =>
  Effect.gen(function* () {
    const pages = yield* HotPages
    yield* asked(`/p?search=${"a".repeat(4096)}`, 100)
    assert.strictEqual(pages.weight(), 0)
  }).pipe(Effect.provide(Pages))
)

it.live("what replaces a page weighs in its place, and what is made of a page that is gone weighs nothing", () =>
  Effect.gen(function* () {
    const pages = yield* HotPages
    yield* asked("/p", mebibyte / 4)
    const weight = pages.weight()
    const gone = pages.find("/p", performance.now())
    yield* asked("/p", mebibyte / 4)
    assert.strictEqual(pages.weight(), weight)
    assert.isDefined(gone)
    if (gone !== undefined) pages.writtenIn(gone, "gzip")
    assert.strictEqual(pages.weight(), weight)
  }).pipe(Effect.provide(Pages))
)

/** A page whose read takes so many milliseconds, and what is found at parts of its time. */
const read = Effect.fnUntraced(function* (took: number) {
  const pages = yield* HotPages
  let time = 1000
  const now = vi.spyOn(performance, "now").mockImplementation(() => time)
  yield* Effect.addFinalizer(() => Effect.sync(() => now.mockRestore()))
  const request = HttpServerRequest.fromWeb(new Request("http://localhost/p"))
  const answer = Effect.sync(() => {
    time += took
    return HttpServerResponse.uint8Array(new Uint8Array(100))
  })
  yield* pages.keep(request, answer)
  const since = time
  yield* pages.keep(request, answer)
  return (part: number) => pages.find("/p", since + Freshness.maxAge * part) !== undefined
})

it.live(
  "a page in its last fifth of a second is renewed by one caller, and by another where that one was not done",
  () =>
    Effect.gen(function* () {
      const isKept = yield* read(10)
      const seen = [0.79, 0.81, 0.81, 0.9, 0.92, 0.92, 1].map(isKept)
      assert.deepStrictEqual(seen, [true, false, true, true, false, true, false])
    }).pipe(Effect.scoped, Effect.provide(Pages))
)

it.live("a read that took longer than one that began later replaces nothing", () =>
  Effect.gen(function* () {
    const pages = yield* HotPages
    yield* asked("/p", 100)
    const request = HttpServerRequest.fromWeb(new Request("http://localhost/p"))
    const late = Effect.as(asked("/p", 200), HttpServerResponse.uint8Array(new Uint8Array(300)))
    yield* pages.keep(request, late)
    assert.strictEqual(pages.find("/p", 0)?.identity.bytes.length, 200)
  }).pipe(Effect.provide(Pages))
)

it.live("a page is renewed the earlier, the longer its read took", () =>
  Effect.gen(function* () {
    const isKept = yield* read(200)
    assert.deepStrictEqual([0.59, 0.61, 0.61, 0.9, 0.92].map(isKept), [true, false, true, true, false])
    const isSlowKept = yield* read(400)
    assert.deepStrictEqual([0.49, 0.51, 0.51, 0.99].map(isSlowKept), [true, false, true, true])
  }).pipe(Effect.scoped, Effect.provide(Pages))
)

it.live("more addresses than anybody asks for in a second are not remembered", () =>
  Effect.gen(function* () {
    const pages = yield* HotPages
    const answer = Effect.succeed(HttpServerResponse.uint8Array(new Uint8Array(100)))
    const keep = (url: string) => pages.keep(HttpServerRequest.fromWeb(new Request(`http://localhost${url}`)), answer)
    const now = vi.spyOn(performance, "now").mockReturnValue(performance.now())
    yield* Effect.addFinalizer(() => Effect.sync(() => now.mockRestore()))
    for (let i = 0; i < 10_000; i++) yield* keep(`/p?page=${i}`)
    yield* asked("/p?one=more", 100)
    assert.strictEqual(pages.weight(), 0)
    yield* keep("/p?page=9999")
    assert.isAbove(pages.weight(), 0)
  }).pipe(Effect.scoped, Effect.provide(Pages))
)
