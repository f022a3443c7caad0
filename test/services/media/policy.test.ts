import { assert, describe, it } from "@effect/vitest"
import { type Role, UserId } from "../../../src/services/auth/model.ts"
import { hasRoom, kindOf, maxBytes, mayReach, purposeOf } from "../../../src/services/media/policy.ts"

const owner_id = UserId.make("owner")
const reach: ReadonlyArray<readonly [Role, "owner" | "other", boolean]> = [
  ["customer", "owner", true],
  ["seller", "owner", true],
  ["freelancer", "owner", true],
  ["admin", "owner", true],
  ["customer", "other", false],
  ["seller", "other", false],
  ["freelancer", "other", false],
  ["admin", "other", true]
]

describe("an upload", () => {
  for (const [role, who, reached] of reach) {
    it(`of ${who === "owner" ? "their own" : "somebody else"} is ${reached ? "" : "not "}there for a ${role}`, () => {
      assert.strictEqual(mayReach({ id: UserId.make(who), role }, { owner_id }), reached)
    })
  }

  for (const [type, kind, size] of [
    ["image/jpeg", "image", 40_000_000],
    ["image/avif", "image", 40_000_000],
    ["video/mp4", "video", 100_000_000],
    ["video/quicktime", "video", 100_000_000]
  ] as const) {
    it(`of ${type} is an ${kind} of ${size} bytes at most`, () => {
      assert.deepStrictEqual([kindOf(type), maxBytes(kindOf(type))], [kind, size])
    })
  }

  it("is for a product, or what it was asked for, when it is a picture", () => {
    const asked = [purposeOf("image/png"), purposeOf("image/png", "portrait"), purposeOf("video/mp4")]
    assert.deepStrictEqual(asked, ["product", "portrait", null])
  })

  it("is begun by who has fewer than twenty that nothing uses", () => {
    assert.deepStrictEqual([0, 19, 20, 21].map(hasRoom), [true, true, false, false])
  })
})
