import { assert, describe, it } from "@effect/vitest"
import { makeClientAddress } from "../../src/server/http/ClientAddress.ts"
import { computing } from "../support/cpu.ts"

const behind = (...trustedProxies: ReadonlyArray<string>) => {
  let warnings = 0
  const addressOf = makeClientAddress({ trustedProxies, onUntrusted: () => warnings++ })
  return { addressOf, warnings: () => warnings }
}

describe("the client's address", () => {
  it("is the peer's where no proxy is trusted", () => {
    const { addressOf } = behind()
    assert.strictEqual(addressOf("192.0.2.1", undefined), "192.0.2.1")
    assert.strictEqual(addressOf("192.0.2.1", "203.0.113.9"), "192.0.2.1")
    assert.strictEqual(addressOf("::ffff:192.0.2.1", undefined), "192.0.2.1")
    assert.strictEqual(addressOf("2001:db8::1", undefined), "2001:db8::1")
    assert.strictEqual(addressOf(undefined, "203.0.113.9"), "")
  })

  it("is the peer's where it is not a proxy that is trusted, whatever it says", () => {
    const { addressOf } = behind("10.0.0.0/8", "::1")
    for (const said of ["203.0.113.9", "10.0.0.1", "127.0.0.1", "", "garbage"]) {
      assert.strictEqual(addressOf("192.0.2.1", said), "192.0.2.1", said)
    }
  })

  it("is the right-most stranger that a trusted proxy names", () => {
    const { addressOf } = behind("10.0.0.0/8", "2001:db8::/32", "127.0.0.1")
    for (const [said, address] of [
      ["203.0.113.9", "203.0.113.9"],
      ["6.6.6.6, 203.0.113.9", "203.0.113.9"],
      ["10.1.1.1, 203.0.113.9", "203.0.113.9"],
      ["6.6.6.6, 203.0.113.9, 10.0.0.2,10.0.0.3", "203.0.113.9"],
      ["203.0.113.9, 2001:db8::5", "203.0.113.9"],
      ["garbage, 203.0.113.9", "203.0.113.9"],
      [", 203.0.113.9", "203.0.113.9"],
      ["  203.0.113.9  ", "203.0.113.9"],
      ["203.0.113.9:4711", "203.0.113.9"],
      ["::ffff:203.0.113.9", "203.0.113.9"],
      ["2A00:0:0::7", "2a00::7"],
      ["[2a00::7]:4711", "2a00::7"],
      ["[2a00::7]", "2a00::7"]
    ] as const) {
      assert.strictEqual(addressOf("10.0.0.1", said), address, said)
      assert.strictEqual(addressOf("::ffff:10.0.0.1", said), address, said)
    }
  })

  it("is the farthest proxy that is known where a request begins at one of ours", () => {
    const { addressOf } = behind("10.0.0.0/8")
    assert.strictEqual(addressOf("10.0.0.1", undefined), "10.0.0.1")
    assert.strictEqual(addressOf("10.0.0.1", "10.0.0.7, 10.0.0.2"), "10.0.0.7")
  })

  it("is the nearest that is known where a proxy says what is no address", () => {
    const { addressOf } = behind("10.0.0.0/8")
    for (const said of [
      "",
      " ",
      ",",
      ",,,",
      "unknown",
      "6.6.6.6, unknown",
      "6.6.6.6,",
      "<script>",
      "1.2.3.4:",
      "[::"
    ]) {
      assert.strictEqual(addressOf("10.0.0.1", said), "10.0.0.1", said)
    }
    assert.strictEqual(addressOf("10.0.0.1", "6.6.6.6, \0, 10.0.0.2"), "10.0.0.2")
  })

  it("is found quickly in as much as a header holds", () => {
    const { addressOf } = behind("10.0.0.0/8")
    const hops = Array.from({ length: 1500 }, () => "10.0.0.2").join(", ")
    for (const said of [
      ",".repeat(16_000),
      "1".repeat(16_000),
      "[".repeat(16_000),
      `6.6.6.6${" ".repeat(16_000)}`,
      hops
    ]) {
      const took = Array.from({ length: 5 }, () =>
        computing(() => assert.match(addressOf("10.0.0.1", said), /^(10\.0\.0\.[12]|6\.6\.6\.6)$/))
      )
      // A search that is quadratic takes more.
      assert.isBelow(Math.min(...took), 150)
    }
  })

  it("tells once that a proxy on this machine is not trusted", () => {
    const { addressOf, warnings } = behind()
    addressOf("127.0.0.1", undefined)
    addressOf("192.0.2.1", "203.0.113.9")
    assert.strictEqual(warnings(), 0)
    for (const peer of ["127.0.0.1", "::1", "::ffff:127.0.0.1"]) addressOf(peer, "203.0.113.9")
    assert.strictEqual(warnings(), 1)
  })
})
