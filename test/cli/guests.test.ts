/** People without an account: found by phone, forgotten on request and in time. */
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { Guests } from "../../src/services/orders/Guests.ts"
import { type Person, TestServer } from "../support/server.ts"
import { addProduct, admin, buyer, move, order, seller } from "../support/shop.ts"
import { Beside, command, says } from "./beside.ts"

const guest = { customer_name: "Nadia Kaci", customer_address: "Rue Kaci", commune: "Sétif", notes: "Kaci" }

const deliver = Effect.fnUntraced(function* (shop: Person, id: string) {
  for (const status of ["confirmed", "shipped", "delivered"]) yield* move(shop, id, status)
})

const everything = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{ text: string }>`
    SELECT concat((SELECT json_agg(o) FROM orders o), (SELECT json_agg(e) FROM order_events e),
      (SELECT json_agg(l) FROM audit_log l)) AS text`
  return row?.text ?? ""
})

layer(Beside)("guests", (it) => {
  it.effect("are found by phone, however it is written, and forgotten once their orders are finished", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const shop = yield* seller
      const items = [{ product_id: (yield* addProduct(shop)).id, quantity: 1 }]
      const customer_phone = "0770112233"
      const done = yield* order(items, {}, { ...guest, customer_phone })
      const open = yield* order(items, {}, { ...guest, customer_phone })
      yield* order(items, yield* buyer, {
        ...guest,
        customer_name: "Compte",
        customer_phone,
        customer_address: null,
        notes: null
      })
      yield* move(shop, done.id, "confirmed", { note: "Mme Kaci veut le livreur après 17h" })
      const by = yield* admin
      yield* server.patch(
        `/api/v1/seller/orders/${done.seller_orders[0].id}/status`,
        { status: "processing", note: "Nadia a appelé" },
        by
      )
      for (const status of ["shipped", "delivered"]) yield* move(shop, done.id, status)
      const found = yield* says("guests", "find", "+213 770 11 22 33")
      assert.include(found, done.order_number)
      assert.include(found, open.order_number)
      assert.notInclude(found, "Compte")
      assert.strictEqual(
        yield* says("guests", "erase", customer_phone, "--dry-run"),
        "Would erase the person from 1 order.\n1 order still open: erase again when finished.\n"
      )
      assert.strictEqual(
        yield* says("guests", "erase", customer_phone),
        "Erased the person from 1 order.\n1 order still open: erase again when finished.\n"
      )
      const kept = yield* server.get(`/api/v1/seller/orders/${done.id}`, shop)
      assert.deepInclude(kept.json.data, {
        customer_name: "—",
        customer_phone: "",
        customer_address: null,
        total: 1000
      })
      const key = { headers: { "x-order-token": done.tracking_token } }
      assert.strictEqual((yield* server.get(`/api/v1/orders/${done.id}`, key)).status, 404)
      yield* deliver(shop, open.id)
      yield* says("guests", "erase", customer_phone)
      assert.notMatch(yield* everything, /nadia|kaci/i)
      assert.strictEqual(
        yield* says("guests", "find", customer_phone),
        "Nobody without an account ordered with this number.\n"
      )
    })
  )

  it.effect("are forgotten whole, however many orders they made and however many are open", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const guests = yield* Guests
      const phone = "+213771000001"
      const made = (status: string, count: number) => sql`
        INSERT INTO orders (id, order_number, customer_name, customer_phone, status, subtotal, total)
        SELECT uuidv7(), 'MANY-' || ${status} || n, 'Meriem', ${phone}, ${status}, 0, 0 FROM generate_series(1, ${count}::int) n`
      // The open ones are the oldest: whoever takes the first thousand sees no other.
      yield* made("pending", 1100)
      yield* made("delivered", 1300)
      const operator = { id: null, name: "operator test" }
      assert.deepStrictEqual(yield* guests.erase(operator, phone, { dryRun: true }), { erased: 1300, waiting: 1100 })
      assert.deepStrictEqual(yield* guests.erase(operator, phone), { erased: 1300, waiting: 1100 })
      const [left] =
        yield* sql`SELECT count(*)::int AS n FROM orders WHERE customer_name = 'Meriem' AND status = 'delivered'`
      assert.deepStrictEqual(left, { n: 0 })
    })
  )

  it.effect("are forgotten by themselves after a year, and not before their orders are finished", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const guests = yield* Guests
      const shop = yield* seller
      const items = [{ product_id: (yield* addProduct(shop)).id, quantity: 1 }]
      const [old, young, open] = [yield* order(items), yield* order(items), yield* order(items)]
      yield* deliver(shop, old.id)
      yield* deliver(shop, young.id)
      yield* sql`UPDATE orders SET updated_at = now() - interval '366 days' WHERE id IN ${sql.in([old.id, open.id])}`
      yield* sql`UPDATE orders SET updated_at = now() - interval '364 days' WHERE id = ${young.id}`
      assert.strictEqual(yield* guests.prune, 1)
      const rows = yield* sql<{ customer_name: string }>`
        SELECT customer_name FROM orders WHERE id IN ${sql.in([old.id, young.id, open.id])} ORDER BY created_at, id`
      assert.deepStrictEqual(
        rows.map((row) => row.customer_name),
        ["—", "Ahmed", "Ahmed"]
      )
    })
  )

  it.effect("are named by a phone number alone", () =>
    Effect.gen(function* () {
      const { code, stderr } = yield* command("guests", "erase", "Nadia")
      assert.deepStrictEqual([code, stderr], [1, '"Nadia" is not an Algerian mobile number, such as 0555123456.\n'])
    })
  )
})
