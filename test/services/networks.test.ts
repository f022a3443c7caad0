import { assert, describe, it } from "@effect/vitest"
import { canonicalAddress, isInSomeOf, isNetwork, subscriberOf } from "../../src/services/networks.ts"

describe("networks", () => {
  it("have one spelling an address", () => {
    for (const [text, address] of [
      ["192.0.2.1", "192.0.2.1"],
      ["::ffff:192.0.2.1", "192.0.2.1"],
      ["::FFFF:c000:201", "192.0.2.1"],
      ["2001:DB8:0:0:0:0:0:1", "2001:db8::1"],
      ["fe80::1%eth0", "fe80::1"],
      ["::1", "::1"]
    ] as const) {
      assert.strictEqual(canonicalAddress(text), address)
    }
    for (const text of ["", " ", "localhost", "192.0.2", "192.0.2.256", "192.0.2.01", "192.0.2.1/32", "1", "::g"]) {
      assert.isUndefined(canonicalAddress(text), text)
    }
  })

  it("are addresses, with a prefix or without, and not everything at once", () => {
    for (const text of ["10.0.0.1", "10.0.0.0/8", "10.1.2.3/8", "2001:db8::/32", "::1", "::1/128", "::ffff:10.0.0.1"]) {
      assert.isTrue(isNetwork(text), text)
    }
    for (const text of [
      "0.0.0.0/0",
      "::/0",
      "10.0.0.0/33",
      "10.0.0.0/",
      "10.0.0.0/8/8",
      "10.0.0.0/-1",
      "10.0.0.0/1e1",
      "::/129",
      "::ffff:10.0.0.0/104",
      "proxy.local"
    ]) {
      assert.isFalse(isNetwork(text), text)
    }
  })

  it("hold what is inside them, of both kinds", () => {
    const isInside = isInSomeOf(["10.0.0.0/8", "172.16.0.0/12", "192.0.2.1", "2001:db8::/32", "::ffff:198.51.100.7"])
    for (const address of [
      "10.0.0.0",
      "10.255.255.255",
      "172.16.0.0",
      "172.31.255.255",
      "192.0.2.1",
      "2001:db8:ffff::1",
      "198.51.100.7"
    ]) {
      assert.isTrue(isInside(address), address)
    }
    for (const address of [
      "9.255.255.255",
      "11.0.0.0",
      "172.15.255.255",
      "172.32.0.0",
      "192.0.2.2",
      "2001:db9::1",
      "::1",
      ""
    ]) {
      assert.isFalse(isInside(address), address)
    }
  })

  it("have one subscriber an IPv4 address, and one a /64", () => {
    assert.strictEqual(subscriberOf("192.0.2.1"), "192.0.2.1")
    assert.strictEqual(subscriberOf("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64")
    assert.strictEqual(subscriberOf("2001:db8:1:2::9"), subscriberOf("2001:db8:1:2:ffff::"))
    assert.strictEqual(subscriberOf("2001:db8::9"), "2001:db8::/64")
    assert.notStrictEqual(subscriberOf("2001:db8:1:2::9"), subscriberOf("2001:db8:1:3::9"))
    assert.strictEqual(subscriberOf("::1"), "::/64")
    assert.strictEqual(subscriberOf(""), "")
  })
})
