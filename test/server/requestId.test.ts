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
  })
})
