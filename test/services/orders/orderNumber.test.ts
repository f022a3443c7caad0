import { assert, describe, it } from "@effect/vitest"
import { hashOf, matches, newToken } from "../../../src/services/guestToken.ts"
import { newNumber, numberOf } from "../../../src/services/orders/orderNumber.ts"

describe("an order's number", () => {
  it("has eight unambiguous letters, each as likely as another", () => {
    const counts = new Map<string, number>()
    for (let i = 0; i < 20_000; i++) {
      const number = newNumber()
      assert.match(number, /^ZST-[23456789ABCDEFGHJKMNPQRSTWXYZ]{8}$/)
      for (const letter of number.slice(4)) counts.set(letter, (counts.get(letter) ?? 0) + 1)
    }
    const expected = (20_000 * 8) / 29
    assert.strictEqual(counts.size, 29)
    for (const [letter, count] of counts) assert.approximately(count, expected, expected * 0.1, letter)
  })

  it("says nothing of how many there are: none comes twice, none follows another", () => {
    const numbers = Array.from({ length: 20_000 }, newNumber)
    assert.strictEqual(new Set(numbers).size, numbers.length)
    assert.notDeepEqual([...numbers].sort(), numbers)
  })

  it.each([
    ["ZST-7K3MQ9TX", "ZST-7K3MQ9TX"],
    ["zst-7k3mq9tx", "ZST-7K3MQ9TX"],
    ["7K3MQ9TX", "ZST-7K3MQ9TX"],
    ["ZST7K3MQ9TX", "ZST-7K3MQ9TX"],
    [" zst 7k3m q9tx ", "ZST-7K3MQ9TX"],
    ["ZST7K3MQ", "ZST-ZST7K3MQ"],
    ["ZST-7K3MQ9T", undefined],
    ["ZST-7K3MQ9TXX", undefined],
    ["ZST-0K3MQ9TX", undefined],
    ["", undefined],
    ["%", undefined]
  ])("%j is %s", (typed, number) => assert.strictEqual(numberOf(typed), number))
})

describe("a guest's token", () => {
  it("has 128 bits, fit for a header and an address", () => {
    assert.match(newToken(), /^[\w-]{22}$/)
    assert.notStrictEqual(newToken(), newToken())
  })

  it("opens what its hash is kept with, and nothing else", () => {
    const token = newToken()
    const hash = hashOf(token)
    assert.isTrue(matches(token, hash))
    for (const other of [newToken(), "", token.slice(1), `${token} `, undefined]) assert.isFalse(matches(other, hash))
    assert.isFalse(matches(token, null))
  })
})
