import { assert, describe, it } from "@effect/vitest"
import { newRequestId } from "../../src/server/http/requestId.ts"

describe("names of requests", () => {
  it("are UUIDs of version 8, each another's", () => {
    const names = Array.from({ length: 100_000 }, newRequestId)
    assert.strictEqual(new Set(names).size, names.length)
    const isName = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
    assert.deepStrictEqual(
      names.filter((name) => !isName.test(name)),
      []
    )
    // Their ends go through all 32 bits in equal strides: an odd one comes back to none before it has been at all.
    const ends = names.map((name) => Number.parseInt(name.slice(-8), 16))
    const strides = new Set(ends.slice(1).map((end, i) => (end - (ends[i] ?? 0)) >>> 0))
    assert.strictEqual(strides.size, 1)
    assert.strictEqual([...strides].filter((stride) => stride % 2 === 1).length, 1)
  })
})
