import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import type { UpdateAccount } from "../../../src/services/accounts/model.ts"
import { changesBetween, harmsOneself, type Standing, standingAfter } from "../../../src/services/accounts/policy.ts"

const customer: Standing = { role: "customer", seller_category: null, status: "active", shop_status: null }
const seller: Standing = { role: "seller", seller_category: "grossiste", status: "active", shop_status: "active" }
const formerSeller: Standing = { ...seller, role: "customer", seller_category: null }
const admin: Standing = { ...customer, role: "admin" }

const allowed: ReadonlyArray<readonly [Standing, UpdateAccount, Partial<Standing>]> = [
  [customer, {}, {}],
  [
    customer,
    { role: "seller", seller_category: "importateur" },
    { role: "seller", seller_category: "importateur", shop_status: "active" }
  ],
  [customer, { status: "banned" }, { status: "banned" }],
  [seller, { seller_category: "fournisseur" }, { seller_category: "fournisseur" }],
  [seller, { role: "customer" }, { role: "customer", seller_category: null }],
  [seller, { shop_status: "suspended" }, { shop_status: "suspended" }],
  [seller, { role: "seller" }, {}],
  [formerSeller, { role: "seller", seller_category: "grossiste" }, { role: "seller", seller_category: "grossiste" }],
  [formerSeller, { shop_status: "suspended" }, { shop_status: "suspended" }],
  [admin, { role: "freelancer" }, { role: "freelancer" }]
]

const refused: ReadonlyArray<readonly [Standing, UpdateAccount, string]> = [
  [customer, { role: "seller" }, "seller_category"],
  [customer, { seller_category: "grossiste" }, "seller_category"],
  [seller, { role: "customer", seller_category: "grossiste" }, "seller_category"],
  [customer, { shop_status: "suspended" }, "shop_status"]
]

describe("a standing", () => {
  it.each(allowed)("%j with %j becomes what was asked", (now, changes, difference) => {
    assert.deepStrictEqual(standingAfter(now, changes), Result.succeed({ ...now, ...difference }))
  })

  it.each(refused)("%j with %j names the field %s", (now, changes, field) => {
    const after = standingAfter(now, changes)
    assert.isTrue(Result.isFailure(after) && after.failure.details[0]?.field === field)
  })

  it.each([
    [admin, customer, true],
    [admin, { ...admin, status: "banned" }, true],
    [seller, { ...seller, status: "banned" }, true],
    [{ ...customer, status: "banned" }, customer, false],
    [customer, admin, false],
    [admin, admin, false]
  ] as ReadonlyArray<readonly [Standing, Standing, boolean]>)(
    "from %j to %j is harm to oneself: %s",
    (now, after, harm) => {
      assert.strictEqual(harmsOneself(now, after), harm)
    }
  )

  it("that is as it was has no history, and one that changed an entry for each thing", () => {
    assert.isEmpty(changesBetween(seller, seller))
    assert.deepStrictEqual(
      changesBetween(seller, {
        role: "customer",
        seller_category: null,
        status: "banned",
        shop_status: "suspended"
      }).map(({ action }) => action),
      ["user.role", "user.ban", "shop.suspend"]
    )
    assert.deepStrictEqual(
      changesBetween(customer, { ...seller, status: "active" }).map(({ action }) => action),
      ["user.role"]
    )
  })
})
