import { assert, it } from "@effect/vitest"
import { newToken } from "../../src/services/guestToken.ts"

it("a guest's token shares no half with any other, so that nobody's own tells another's", () => {
  const tokens = Array.from({ length: 2000 }, newToken)
  const halves = tokens.flatMap((token) => {
    const bytes = Buffer.from(token, "base64url")
    assert.lengthOf(bytes, 16)
    return [bytes.subarray(0, 8), bytes.subarray(8)].map((half) => half.toString("hex"))
  })
  assert.strictEqual(new Set(halves).size, halves.length)
  // Neighbours have no piece in common either, wherever it stands.
  const pieces = tokens.slice(0, 300).map((token) => {
    const hex = Buffer.from(token, "base64url").toString("hex")
    return Array.from({ length: 9 }, (_, i) => hex.slice(2 * i, 2 * i + 16))
  })
  assert.strictEqual(new Set(pieces.flat()).size, pieces.flat().length)
})
