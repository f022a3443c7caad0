/** What a HEIC or AVIF picture takes, by its boxes alone. */
import { randomBytes } from "node:crypto"
import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import sharp from "sharp"
import { heifWork } from "../../../src/media-worker/heifWork.ts"
import { box, type Heic, makeAvif, makeHeic, u16 } from "../../support/heic.ts"
import { randomFrom, seed } from "../../support/random.ts"
import { temporaryDirectory } from "../../support/videoFiles.ts"

const workOf = Effect.fnUntraced(function* (bytes: Uint8Array) {
  const file = join(yield* temporaryDirectory, "picture")
  yield* Effect.promise(() => writeFile(file, bytes))
  return yield* Effect.tryPromise({ try: () => heifWork(file), catch: (error) => (error as Error).message })
}, Effect.scoped)

const avif = (more: Partial<Heic>) => Effect.promise(() => makeAvif({ width: 64, height: 64, ...more }))

it.effect("a picture's work is its own pixels, its tiles' as often as they are named, and its alpha's", () =>
  Effect.gen(function* () {
    assert.deepStrictEqual(yield* workOf(yield* avif({})), { width: 64, height: 64, pixels: 64 * 64 })
    const grid = { columns: 3, rows: 2 }
    const [own, tile] = [192 * 128, 64 * 64]
    assert.strictEqual((yield* workOf(yield* avif(grid))).pixels, own + 6 * tile)
    const heic = yield* Effect.promise(() => makeHeic({ width: 64, height: 64, ...grid }))
    assert.deepStrictEqual(yield* workOf(heic), { width: 192, height: 128, pixels: own + 6 * tile })
    const parts = Array.from({ length: 40_000 }, () => 2)
    assert.strictEqual((yield* workOf(yield* avif({ ...grid, parts }))).pixels, own + 40_000 * tile)
    assert.strictEqual(
      (yield* workOf(yield* avif({ ...grid, tileClaims: [4096, 4096] }))).pixels,
      own + 6 * 4096 * 4096
    )
    const background = { r: 1, g: 2, b: 3, alpha: 0.5 }
    const clear = yield* Effect.promise(() =>
      sharp({ create: { width: 64, height: 64, channels: 4, background } })
        .avif()
        .toBuffer()
    )
    assert.strictEqual((yield* workOf(clear)).pixels, 2 * tile)
  })
)

it.effect("a picture without a size, of itself, of what is not there, or without its boxes is damaged", () =>
  Effect.gen(function* () {
    const grid = { columns: 2, rows: 1 }
    const whole = yield* avif(grid)
    const meta = whole.subarray(whole.indexOf("meta") - 4)
    const wrong = {
      "of itself": yield* avif({ ...grid, parts: [1] }),
      "of what is not there": yield* avif({ ...grid, parts: [2, 9] }),
      "of no size": yield* avif({ ...grid, claims: [0, 128] }),
      "with tiles of no size": yield* avif({ ...grid, tileClaims: [64, 0] }),
      "cut off": whole.subarray(0, 200),
      "with two heads": Buffer.concat([whole, meta]),
      empty: Buffer.alloc(0),
      "of noise": Buffer.concat([whole.subarray(0, 60), randomBytes(1000)])
    }
    for (const [what, bytes] of Object.entries(wrong)) {
      assert.strictEqual(yield* Effect.flip(workOf(bytes)), "damaged", what)
    }
  })
)

it.effect("a picture of more boxes than any camera writes is damaged, before they are read", () =>
  Effect.gen(function* () {
    const whole = yield* avif({})
    const at = whole.indexOf("meta") - 4
    const end = at + whole.readUInt32BE(at)
    const free = Buffer.from("\0\0\0\x08free", "latin1")
    const stuffed = (boxes: number) => {
      const meta = Buffer.concat([whole.subarray(at, end), ...Array.from({ length: boxes }, () => free)])
      meta.writeUInt32BE(meta.length)
      return Buffer.concat([whole.subarray(0, at), meta, whole.subarray(end)])
    }
    assert.strictEqual((yield* workOf(stuffed(1000))).pixels, 64 * 64)
    assert.strictEqual(yield* Effect.flip(workOf(stuffed(100_000))), "damaged")
  })
)

it.effect("whatever the bytes are, there is an answer at once", () =>
  Effect.gen(function* () {
    const whole = yield* avif({ columns: 20, rows: 20 })
    const began = performance.now()
    const random = randomFrom(seed)
    for (let i = 0; i < 500; i++) {
      const bytes = Buffer.from(whole)
      for (let at = 24 + (i % 50); at < 3000; at += 1 + Math.floor(random() * 400))
        bytes[at] = Math.floor(random() * 256)
      const { width, height, pixels } = yield* Effect.orElseSucceed(workOf(bytes), () => ({
        width: 1,
        height: 1,
        pixels: 1
      }))
      assert.isAtLeast(pixels, width * height)
    }
    // A million references, each to what refers to as many.
    const parts = Array.from({ length: 65_000 }, (_, i) => 2 + (i % 400))
    yield* workOf(yield* avif({ columns: 20, rows: 20, parts }))
    // A thousand million that are not there, of a kind that nobody asks about.
    for (const type of ["cdsc", "thmb", "dimg", "auxl"]) {
      const references = Array.from({ length: 19_000 }, () => box(type, u16(2, 65_535)))
      yield* Effect.ignore(workOf(yield* avif({ columns: 2, rows: 2, references })))
    }
    assert.isBelow(performance.now() - began, 10_000)
  })
)
