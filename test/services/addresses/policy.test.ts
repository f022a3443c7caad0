import { assert, describe, it } from "@effect/vitest"
import { AddressId } from "../../../src/services/addresses/model.ts"
import { defaultWith, defaultWithout, hasRoomFor, type Kept } from "../../../src/services/addresses/policy.ts"

const id = (name: string) => AddressId.make(name)
/** `"a b* c"`: the newest first, the default starred. */
const kept = (names: string): Kept =>
  names
    .split(" ")
    .filter((name) => name !== "")
    .map((name) => ({ id: id(name.replace("*", "")), is_default: name.endsWith("*") }))

describe("which address is the default", () => {
  const written: ReadonlyArray<readonly [string, string, string, boolean | undefined, string]> = [
    ["the first one is", "", "a", undefined, "a"],
    ["the first one is, even unwillingly", "", "a", false, "a"],
    ["a further one is not", "a*", "b", undefined, "a"],
    ["a further one is when it wants to", "a*", "b", true, "b"],
    ["one that is stays when it does not say", "c b* a", "b", undefined, "b"],
    ["one that is not stays so when it does not say", "c b* a", "a", undefined, "b"],
    ["one that no longer wants to gives it to the newest other", "c b* a", "b", false, "c"],
    ["one that is alone cannot give it away", "a*", "a", false, "a"],
    ["one that wants to be and is stays", "b a*", "a", true, "a"]
  ]
  it.each(written)("%s", (_, before, written, wanted, expected) =>
    assert.strictEqual(defaultWith(kept(before), id(written), wanted), expected)
  )

  const without: ReadonlyArray<readonly [string, string, string, string | undefined]> = [
    ["is the newest left after the default went", "c b* a", "b", "c"],
    ["stays after another went", "c b* a", "c", "b"],
    ["is none after the last went", "a*", "a", undefined]
  ]
  it.each(without)("%s", (_, before, removed, expected) =>
    assert.strictEqual(defaultWithout(kept(before), id(removed)), expected)
  )
})

describe("twenty addresses", () => {
  const twenty = kept(Array.from({ length: 20 }, (_, i) => `n${i}`).join(" "))
  it("leave room for no other", () => assert.isFalse(hasRoomFor(twenty, id("other"))))
  it("can each be replaced", () => assert.isTrue(hasRoomFor(twenty, id("n7"))))
  it("are one more than nineteen", () => assert.isTrue(hasRoomFor(twenty.slice(1), id("other"))))
})
