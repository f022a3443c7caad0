import { assert, describe, it } from "@effect/vitest"
import { type Caller, UserId } from "../../../src/services/auth/model.ts"
import { OrderStatus, type PaymentStatus } from "../../../src/services/orders/model.ts"
import {
  actorOf,
  beyondCancelling,
  givesStockBack,
  isEditable,
  mayChange,
  mayFulfil,
  mayHaveTracking,
  mayMove,
  paymentAfter,
  paymentOf,
  type Relation,
  relationOf,
  soldBy,
  statusOf
} from "../../../src/services/orders/policy.ts"

const id = (name: string) => UserId.make(name)
const person = (name: string, role: Caller["role"] = "customer"): Caller => ({
  id: id(name),
  role,
  seller_category: role === "seller" ? "grossiste" : null
})
const statuses = OrderStatus.literals
const part = (status: OrderStatus, payment_status: PaymentStatus = "pending") => ({ status, payment_status })

describe("what somebody is to an order", () => {
  const users = { user_id: id("buyer"), seller_ids: [id("shop"), id("shop2")] }
  const guests = { ...users, user_id: null }
  const cases: ReadonlyArray<readonly [string, Caller | undefined, typeof users | typeof guests, boolean, Relation]> = [
    ["nobody", undefined, users, false, "stranger"],
    ["another customer", person("x"), users, false, "stranger"],
    ["the buyer", person("buyer"), users, false, "buyer"],
    ["a seller of it", person("shop", "seller"), users, false, "seller"],
    ["the second seller of it", person("shop2", "seller"), users, false, "seller"],
    ["another seller", person("x", "seller"), users, false, "stranger"],
    ["who was a seller of it once", person("shop"), users, false, "stranger"],
    ["a seller who bought elsewhere", person("buyer", "seller"), users, false, "buyer"],
    ["a seller who bought from itself", person("shop", "seller"), { ...users, user_id: id("shop") }, false, "buyer"],
    ["an administrator", person("x", "admin"), users, false, "admin"],
    ["an administrator who bought it", person("buyer", "admin"), users, false, "admin"],
    ["a guest with its token", undefined, guests, true, "guest"],
    ["a guest without", undefined, guests, false, "stranger"],
    ["a user with a guest's token", person("x"), guests, true, "guest"],
    ["a seller of it with a guest's token", person("shop", "seller"), guests, true, "guest"],
    ["a freelancer", person("x", "freelancer"), users, false, "stranger"]
  ]
  it.each(cases)("%s", (_, caller, order, holdsToken, relation) =>
    assert.strictEqual(relationOf(caller, order, holdsToken), relation)
  )

  it.each([
    ["admin", true, "admin"],
    ["buyer", true, "customer"],
    ["guest", true, "guest"],
    ["seller", false, "seller"]
  ] as const)("%s: may change it: %s; is called %s", (relation, may, actor) => {
    assert.strictEqual(mayChange(relation), may)
    assert.strictEqual(actorOf(relation), actor)
  })

  it("a stranger may change nothing", () => assert.isFalse(mayChange("stranger")))
})

describe("who fulfils a part", () => {
  it.each([
    ["its seller", person("shop", "seller"), true],
    ["an administrator", person("x", "admin"), true],
    ["another seller", person("x", "seller"), false],
    ["who was its seller once", person("shop"), false],
    ["a customer", person("x"), false]
  ] as const)("%s: %s", (_, caller, may) => assert.strictEqual(mayFulfil(caller, id("shop")), may))
})

describe("the steps of an order", () => {
  const legal: Record<OrderStatus, ReadonlyArray<OrderStatus>> = {
    pending: ["confirmed", "cancelled"],
    confirmed: ["processing", "shipped", "cancelled"],
    processing: ["shipped", "cancelled"],
    shipped: ["delivered", "returned"],
    delivered: ["returned"],
    cancelled: [],
    returned: []
  }
  for (const from of statuses) {
    it.each(statuses)(`${from} → %s`, (to) => assert.strictEqual(mayMove(from, to), legal[from].includes(to)))
  }

  it.each([
    ["cancelled", true],
    ["returned", true],
    ["pending", false],
    ["confirmed", false],
    ["processing", false],
    ["shipped", false],
    ["delivered", false]
  ] as const)("%s gives the stock back: %s", (to, back) => assert.strictEqual(givesStockBack(to), back))

  it.each([
    ["shipped", "delivered", 1],
    ["delivered", "returned", -1],
    ["shipped", "returned", 0],
    ["pending", "cancelled", 0],
    ["confirmed", "shipped", 0]
  ] as const)("%s → %s counts %i sold", (from, to, sold) => assert.strictEqual(soldBy(from, to), sold))

  it("a tracking number comes once there is a parcel", () =>
    assert.deepStrictEqual(statuses.filter(mayHaveTracking), ["shipped", "delivered", "returned"]))
})

describe("the payment of a part", () => {
  it.each([
    ["cod", "pending", "delivered", "paid"],
    ["cod", "pending", "shipped", "pending"],
    ["cod", "pending", "cancelled", "pending"],
    ["cod", "paid", "returned", "refunded"],
    ["cod", "pending", "returned", "failed"],
    ["card", "pending", "delivered", "pending"],
    ["card", "paid", "delivered", "paid"],
    ["ccp", "paid", "returned", "refunded"],
    ["bank_transfer", "failed", "returned", "failed"]
  ] as const)("%s, %s, → %s is %s", (method, before, to, after) =>
    assert.strictEqual(paymentAfter(method, before, to), after)
  )
})

describe("an order is where its least advanced part is", () => {
  const cases: ReadonlyArray<readonly [ReadonlyArray<OrderStatus>, OrderStatus]> = [
    ...statuses.map((status) => [[status], status] as const),
    [["pending", "delivered"], "pending"],
    [["delivered", "shipped"], "shipped"],
    [["shipped", "confirmed", "processing"], "confirmed"],
    [["processing", "shipped"], "processing"],
    [["cancelled", "shipped"], "shipped"],
    [["cancelled", "pending", "delivered"], "pending"],
    [["cancelled", "cancelled"], "cancelled"],
    [["returned", "delivered"], "delivered"],
    [["returned", "shipped"], "shipped"],
    [["returned", "cancelled"], "returned"],
    [["returned", "returned"], "returned"]
  ]
  it.each(cases)("%j is %s", (parts, expected) =>
    assert.strictEqual(statusOf(parts.map((status) => part(status))), expected)
  )
})

describe("an order is paid when every part that counts is", () => {
  const cases: ReadonlyArray<readonly [ReadonlyArray<ReturnType<typeof part>>, PaymentStatus]> = [
    [[part("pending")], "pending"],
    [[part("delivered", "paid")], "paid"],
    [[part("delivered", "paid"), part("shipped")], "pending"],
    [[part("delivered", "paid"), part("cancelled")], "paid"],
    [[part("delivered", "paid"), part("returned", "refunded")], "paid"],
    [[part("returned", "refunded")], "refunded"],
    [[part("returned", "refunded"), part("cancelled")], "refunded"],
    [[part("returned", "refunded"), part("pending")], "pending"],
    [[part("returned", "failed"), part("delivered", "paid")], "paid"],
    [[part("returned", "failed"), part("cancelled")], "failed"],
    [[part("cancelled")], "pending"],
    [[part("confirmed", "failed"), part("delivered", "paid")], "failed"]
  ]
  it.each(cases)("%j is %s", (parts, expected) => assert.strictEqual(paymentOf(parts), expected))
})

describe("an order of several parts", () => {
  const cases: ReadonlyArray<readonly [ReadonlyArray<OrderStatus>, editable: boolean, cancellable: boolean]> = [
    [["pending"], true, true],
    [["pending", "pending"], true, true],
    [["pending", "cancelled"], true, true],
    [["pending", "confirmed"], false, true],
    [["confirmed"], false, true],
    [["processing"], false, true],
    [["shipped"], false, false],
    [["delivered"], false, false],
    [["returned"], false, false],
    [["cancelled"], false, true],
    [["pending", "shipped"], false, false],
    [["cancelled", "delivered"], false, false]
  ]
  it.each(cases)("%j can be completed: %s, cancelled: %s", (parts, editable, cancellable) => {
    const states = parts.map((status) => part(status))
    assert.strictEqual(isEditable(states), editable)
    assert.strictEqual(beyondCancelling(states).length === 0, cancellable)
  })
})
