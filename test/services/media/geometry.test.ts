import { assert, it } from "@effect/vitest"
import { renditionsOf, shown, turnOf, upright } from "../../../src/media-worker/geometry.ts"

const square = { num: 1, den: 1 }

it("a rendition's short side is 540 or 720, its sides are even, and it is never larger than the source", () => {
  for (let width = 2; width <= 4096; width += 37) {
    for (let height = 2; height <= 4096; height += 41) {
      for (const rendition of renditionsOf({ width, height })) {
        assert.strictEqual((rendition.width % 2) + (rendition.height % 2), 0)
        assert.isAtMost(Math.min(rendition.width, rendition.height), rendition.name === "540p" ? 540 : 720)
        assert.isTrue(rendition.width <= width && rendition.height <= height)
      }
    }
  }
})

it("the shape is kept to a line", () => {
  for (const [width, height] of [
    [1920, 1080],
    [1080, 1920],
    [1440, 1080],
    [2560, 1080],
    [4096, 2160]
  ] as const) {
    for (const rendition of renditionsOf({ width, height })) {
      const exact = (rendition.height * width) / height
      assert.closeTo(rendition.width, exact, 2)
    }
  }
})

it("pixels that are not square become so, by shrinking", () => {
  assert.deepStrictEqual(shown({ width: 1440, height: 1080 }, { num: 4, den: 3 }, upright), {
    width: 1440,
    height: 810
  })
  assert.deepStrictEqual(shown({ width: 720, height: 576 }, { num: 16, den: 15 }, upright), { width: 720, height: 540 })
  assert.deepStrictEqual(shown({ width: 640, height: 480 }, { num: 0, den: 1 }, upright), { width: 640, height: 480 })
})

it("no matrix, or a broken one, leaves a picture as it is", () => {
  assert.deepStrictEqual(turnOf(null), upright)
  assert.deepStrictEqual(turnOf(Buffer.alloc(8)), upright)
  assert.deepStrictEqual(turnOf(Buffer.alloc(36)), upright)
  assert.deepStrictEqual(shown({ width: 64, height: 32 }, square, { ...upright, transposed: true }), {
    width: 32,
    height: 64
  })
})
