import { assert, describe, it } from "@effect/vitest"
import { arranged } from "../../../src/services/catalog/imageOrder.ts"

const images = ["a", "b", "c"].map((id) => ({ id, is_primary: id === "b" }))

describe("the order of pictures", () => {
  it("keeps the primary that was chosen", () =>
    assert.deepStrictEqual(arranged(images), { order: ["a", "b", "c"], primary: "b" }))
  it("makes the first one primary where none is", () =>
    assert.strictEqual(arranged(images.filter(({ id }) => id !== "b")).primary, "a"))
  it("has no primary without pictures", () => assert.deepStrictEqual(arranged([]), { order: [], primary: undefined }))
  it("moves one, and the others make room", () => {
    assert.deepStrictEqual(arranged(images, { id: "c", display_order: 0 }).order, ["c", "a", "b"])
    assert.deepStrictEqual(arranged(images, { id: "a", display_order: 1 }).order, ["b", "a", "c"])
    assert.deepStrictEqual(arranged(images, { id: "a", display_order: 9 }).order, ["b", "c", "a"])
  })
  it("changes the primary without moving anything", () =>
    assert.deepStrictEqual(arranged(images, { id: "c", is_primary: true }), { order: ["a", "b", "c"], primary: "c" }))
})
