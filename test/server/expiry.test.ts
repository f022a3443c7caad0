/** Money follows the parts that live, and what no shop confirms ends by itself. */
import { assert, layer } from "@effect/vitest"
import { Effect, Exit } from "effect"
import { SqlClient } from "effect/sql"
import { Expiry } from "../../src/services/orders/Expiry.ts"
import { TestServer } from "../support/server.ts"
import { addProduct, buyer, move, order, seller, stockOf } from "../support/shop.ts"

const base = "/api/v1/orders"

/** An order of 1,000 dinars at one shop and 500 at another. */
const ofTwoShops = Effect.gen(function* () {
  const [first, second] = [yield* seller, yield* seller]
  const soap = yield* addProduct(first, { price: 1000, stock: 5 })
  const oil = yield* addProduct(second, { price: 500, stock: 5 })
  const who = yield* buyer
  const items = [
    { product_id: soap.id, quantity: 1 },
    { product_id: oil.id, quantity: 1 }
  ]
  const placed = yield* order(items, who)
  const server = yield* TestServer
  const read = Effect.map(server.get(`${base}/${placed.id}`, who), ({ json }) => json.data)
  return { first, second, soap, oil, placed, read }
})

const age = Effect.fnUntraced(function* (days: number) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`UPDATE seller_orders SET created_at = now() - make_interval(hours => ${Math.round(days * 24)})`
})

layer(TestServer.layer)("the money of an order", (it) => {
  it.effect("leaves out a part that was cancelled", () =>
    Effect.gen(function* () {
      const { first, placed, read } = yield* ofTwoShops
      assert.deepInclude(yield* read, { subtotal: 1500, total: 1500 })
      yield* move(first, placed.id, "cancelled")
      assert.deepInclude(yield* read, { subtotal: 500, total: 500, payment_status: "pending" })
    })
  )

  it.effect("is paid when what was kept is, though another part came back unpaid", () =>
    Effect.gen(function* () {
      const { first, second, placed, read } = yield* ofTwoShops
      for (const status of ["confirmed", "shipped", "returned"]) yield* move(first, placed.id, status)
      for (const status of ["confirmed", "shipped", "delivered"]) yield* move(second, placed.id, status)
      assert.deepInclude(yield* read, { status: "delivered", payment_status: "paid", total: 500 })
    })
  )

  it.effect("stays what was ordered when nothing lives, and is refunded when all of it came back", () =>
    Effect.gen(function* () {
      const { first, second, placed, read } = yield* ofTwoShops
      for (const shop of [first, second]) {
        for (const status of ["confirmed", "shipped", "delivered", "returned"]) yield* move(shop, placed.id, status)
      }
      assert.deepInclude(yield* read, { status: "returned", payment_status: "refunded", total: 1500 })
    })
  )

  it.effect("is taken on delivery only", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const { id } = yield* addProduct(yield* seller)
      for (const payment_method of ["ccp", "card", "bank_transfer", "gold"]) {
        const body = { customer_name: "A", customer_phone: "0555123456", items: [{ product_id: id, quantity: 1 }] }
        const { status, json } = yield* server.post(base, { ...body, payment_method })
        assert.strictEqual(status, 422)
        assert.deepStrictEqual(json.error.details, [
          { field: "payment_method", message: "Only cod, cash on delivery, is taken" }
        ])
      }
    })
  )
})

layer(TestServer.layer)("the day of delivery", (it) => {
  it.effect(
    "is that of the last part that arrived, whatever becomes of another one later, and none once it came back",
    () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const { first, second, placed, read } = yield* ofTwoShops
        for (const status of ["confirmed", "shipped", "delivered"]) yield* move(first, placed.id, status)
        assert.isNull((yield* read).delivery_date)
        yield* sql`UPDATE seller_orders SET delivery_date = '2026-02-03T10:00:00Z' WHERE order_id = ${placed.id} AND status = 'delivered'`
        yield* move(second, placed.id, "cancelled")
        assert.strictEqual((yield* read).delivery_date, "2026-02-03T10:00:00.000Z")
        const returned = yield* move(first, placed.id, "returned")
        const now = yield* read
        const ofParts = now.seller_orders.map((part: { delivery_date: string | null }) => part.delivery_date)
        assert.deepStrictEqual([now.delivery_date, ...ofParts, returned.delivery_date], [null, null, null, null])
      })
  )
})

layer(TestServer.layer)("an order that a shop lets lie", (it) => {
  it.effect("ends after seven days, gives its stock back, and says so", () =>
    Effect.gen(function* () {
      const expiry = yield* Expiry
      const { first, soap, oil, placed, read } = yield* ofTwoShops
      yield* move(first, placed.id, "confirmed")
      yield* age(6.9)
      assert.strictEqual(yield* expiry.run, 0)
      yield* age(7.1)
      assert.strictEqual(yield* expiry.run, 1)
      assert.strictEqual(yield* expiry.run, 0)
      const now = yield* read
      assert.deepInclude(now, { status: "confirmed", total: 1000 })
      assert.deepInclude(now.timeline.at(-1), {
        kind: "expired",
        from: "pending",
        to: "cancelled",
        actor: "system",
        label: { fr: "Annulée : la boutique n'a pas confirmé à temps", ar: "ألغيت: لم يؤكد المتجر في الوقت المحدد" }
      })
      assert.deepStrictEqual([yield* stockOf(soap), yield* stockOf(oil)], [4, 5])
    })
  )

  it.effect("ends once, however many look at it, and not when its shop confirms first", () =>
    Effect.gen(function* () {
      const expiry = yield* Expiry
      const sql = yield* SqlClient.SqlClient
      const orders = yield* Effect.forEach([1, 2, 3, 4, 5, 6], () => ofTwoShops)
      yield* age(8)
      const confirming = Effect.forEach(
        orders,
        ({ first, placed }) =>
          Effect.flatMap(TestServer, (server) =>
            server.patch(`/api/v1/seller/orders/${placed.id}/status`, { status: "confirmed" }, first)
          ),
        { concurrency: 6 }
      )
      const [a, b, c, confirmed] = yield* Effect.all([expiry.run, expiry.run, expiry.run, confirming], {
        concurrency: 4
      })
      const won = confirmed.filter(({ status }) => status === 200).length
      assert.strictEqual(a + b + c + won, 12)
      const [events] = yield* sql<{ count: number }>`
        SELECT count(*)::int AS count FROM order_events WHERE kind = 'expired'
          AND order_id = ANY(${orders.map(({ placed }) => placed.id)}::uuid[])`
      assert.strictEqual(events?.count, a + b + c)
      for (const { soap, oil, read } of orders) {
        const { seller_orders } = yield* read
        const live = seller_orders.filter((part: { status: string }) => part.status === "confirmed").length
        assert.strictEqual((yield* stockOf(soap)) + (yield* stockOf(oil)), 10 - live)
      }
    })
  )

  it.effect("ends though another one cannot, which is told", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const expiry = yield* Expiry
      const [stuck, free] = [yield* ofTwoShops, yield* ofTwoShops]
      yield* age(8)
      yield* sql`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'not this one'; END $$`
      yield* sql.unsafe(`CREATE TRIGGER stuck BEFORE UPDATE ON orders FOR EACH ROW
        WHEN (OLD.id = '${stuck.placed.id}') EXECUTE FUNCTION refuse()`)
      assert.isTrue(Exit.isFailure(yield* Effect.exit(expiry.run)))
      assert.strictEqual((yield* free.read).status, "cancelled")
      assert.strictEqual((yield* stuck.read).status, "pending")
      yield* sql`DROP TRIGGER stuck ON orders`
      assert.strictEqual(yield* expiry.run, 2)
    })
  )

  it.effect("gives back as much as there was, though the shelf was filled meanwhile", () =>
    Effect.gen(function* () {
      const owner = yield* seller
      const soap = yield* addProduct(owner, { stock: 1_000_000_000 })
      const lot = [{ product_id: soap.id, quantity: 100_000 }]
      const placed = [yield* order(lot), yield* order(lot)]
      const sql = yield* SqlClient.SqlClient
      // As many open orders would have taken.
      yield* sql`UPDATE skus SET stock = 2147483000 WHERE product_id = ${soap.id}`
      for (const { id } of placed) yield* move(owner, id, "cancelled")
      assert.strictEqual(yield* stockOf(soap), 2_147_683_000)
    })
  )
})
