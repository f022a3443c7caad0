import { assert, describe, it } from "@effect/vitest"
import { judge, maxQuantity, type Offer, type Verdict } from "../../../src/services/cart/policy.ts"

const active = { status: "active", stock: 10, min_order_quantity: 1 }

const cases: ReadonlyArray<readonly [string, Offer, number, Verdict]> = [
  ["one of ten", active, 1, "available"],
  ["the last one", active, 10, "available"],
  ["one more than there is", active, 11, "out_of_stock"],
  ["one of nothing", { ...active, stock: 0 }, 1, "out_of_stock"],
  ["any number of what is not tracked", { ...active, stock: null }, maxQuantity, "available"],
  ["more than a line holds", { ...active, stock: null }, maxQuantity + 1, "too_many"],
  ["less than is sold", { ...active, min_order_quantity: 5 }, 4, "below_minimum"],
  ["as little as is sold", { ...active, min_order_quantity: 5 }, 5, "available"],
  ["a draft", { ...active, status: "draft" }, 1, "not_on_sale"],
  ["what is archived", { ...active, status: "archived" }, 1, "not_on_sale"]
]

describe("what a line may hold", () => {
  it.each(cases)("%s", (_, offer, quantity, verdict) => assert.strictEqual(judge(offer, quantity), verdict))
})
