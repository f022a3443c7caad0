import { assert, layer } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import { Departures } from "../../src/services/accounts/Departures.ts"
import { Freshness } from "../../src/services/catalog/Freshness.ts"
import { waiting, whileHeld } from "../support/locks.ts"
import { jpeg } from "../support/pictures.ts"
import { type Person, TestServer } from "../support/server.ts"
import { addProduct, admin, buyer, move, order, seller } from "../support/shop.ts"
import { upload } from "../support/upload.ts"

const me = "/api/v1/users/me"
const operator = { id: null, name: "operator test" }

const leave = Effect.fnUntraced(function* (who: Person) {
  const server = yield* TestServer
  const { status, json } = yield* server.send("DELETE", me, who)
  assert.strictEqual(status, 200)
  return json.data
})

/** The grace period passes. */
const waitOut = Effect.fnUntraced(function* (who: Person) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`UPDATE users SET delete_after = now() - interval '1 second' WHERE id = ${who.id}`
})

const erase = Effect.fnUntraced(function* (who: Person) {
  const departures = yield* Departures
  return yield* departures.erase(operator, who.id)
})

layer(TestServer.layer)("an account that is deleted", (it) => {
  it.effect("stays for thirty days, in which its owner may think again", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const who = yield* buyer
      const first = yield* leave(who)
      const days = (Date.parse(first.delete_after) - Date.now()) / 86_400_000
      assert.isTrue(days > 29.9 && days < 30.1)
      assert.strictEqual((yield* leave(who)).delete_after, first.delete_after)
      assert.isFalse(yield* erase(who))
      const stays = yield* server.post(`${me}/restore`, undefined, who)
      assert.isNull(stays.json.data.delete_after)
      yield* server.post(`${me}/restore`, {}, who)
      assert.isFalse(yield* erase(who))
    })
  )

  it.effect("makes nothing old that is kept of the catalogue where nothing was for sale", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const { generation } = yield* Freshness
      const before = generation()
      const who = yield* buyer
      yield* leave(who)
      yield* server.post(`${me}/restore`, undefined, who)
      assert.strictEqual(generation(), before)
      const owner = yield* seller
      yield* addProduct(owner)
      const added = generation()
      yield* leave(owner)
      assert.strictEqual(generation(), added + 1)
      const mover = yield* seller
      yield* addProduct(mover)
      const moved = generation()
      const path = `/api/v1/admin/users/${mover.id}`
      yield* server.patch(path, { seller_category: "fournisseur" }, yield* admin)
      assert.strictEqual(generation(), moved + 1)
    })
  )

  it.effect("of many shops at once takes two of the connections for what takes long", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const sql = yield* SqlClient.SqlClient
      const owners = yield* Effect.forEach(Array.from({ length: 5 }), () =>
        Effect.tap(seller, (who) => addProduct(who))
      )
      const held = sql`SELECT FROM products WHERE ${sql.in(
        "seller_id",
        owners.map(({ id }) => id)
      )} FOR UPDATE`
      const asked = yield* whileHeld(
        held,
        Effect.gen(function* () {
          const asked = yield* Effect.forEach(owners, (who) => Effect.forkChild(server.send("DELETE", me, who)))
          yield* waiting(2)
          yield* TestClock.withLive(Effect.sleep("300 millis"))
          assert.lengthOf(
            yield* sql`SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
            2
          )
          return asked
        })
      )
      for (const answer of yield* Effect.forEach(asked, Fiber.join)) assert.include([200, 503], answer.status)
    })
  )

  it.effect("makes nobody an administrator, who would then be gone", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const who = yield* buyer
      yield* leave(who)
      const promote = server.send("PATCH", `/api/v1/admin/users/${who.id}`, {
        body: { role: "admin" },
        ...(yield* admin)
      })
      const refused = yield* promote
      assert.deepStrictEqual([refused.status, refused.json.error.details[0].field], [422, "role"])
      yield* server.post(`${me}/restore`, undefined, who)
      assert.strictEqual((yield* promote).status, 200)
    })
  )

  it.effect("is erased then: access ends, orders stay without the person, and everything else goes", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const sql = yield* SqlClient.SqlClient
      const shop = yield* seller
      const soap = yield* addProduct(shop)
      const who = yield* buyer
      yield* server.patch(me, { full_name: "Nadia Kaci", email: "nadia@example.dz", phone: "0770112233" }, who)
      const secret = { customer_name: "Nadia Kaci", customer_phone: "0770112233", customer_email: "nadia@example.dz" }
      const place = {
        customer_wilaya: "سطيف",
        commune: "Sétif",
        customer_address: "Rue Kaci",
        notes: "Sonnez chez Kaci"
      }
      const items = [{ product_id: soap.id, quantity: 2 }]
      const placed = yield* order(items, who, { ...secret, ...place })
      const cancelled = yield* order(items, who, { ...secret, ...place })
      yield* server.post(`/api/v1/orders/${cancelled.id}/cancel`, { reason: "Nadia ne veut plus" }, who)
      yield* server.post("/api/v1/cart/items", { product_id: soap.id }, who)
      yield* server.send("PUT", `${me}/addresses/0199e0a4-5b1c-7c3e-9a51-6f1f5f1d2a10`, {
        ...who,
        body: {
          recipient_name: "Nadia Kaci",
          phone: "0770112233",
          wilaya_code: 19,
          commune: "Sétif",
          address: "Rue Kaci"
        }
      })
      yield* server.post(`${me}/push-tokens`, { push_token: "ExponentPushToken[nadia]", platform: "android" }, who)
      yield* leave(who)
      yield* waitOut(who)

      assert.isFalse(yield* erase(who), "an order is open")
      for (const status of ["confirmed", "shipped", "delivered"]) yield* move(shop, placed.id, status)
      assert.isTrue(yield* erase(who))
      assert.isFalse(yield* erase(who), "there is nothing left to do")

      assert.strictEqual((yield* server.get(me, who)).json.error.code, "ACCOUNT_CLOSED")
      assert.strictEqual((yield* server.post(`${me}/restore`, {}, who)).status, 403)
      const kept = yield* server.get(`/api/v1/seller/orders/${placed.id}`, shop)
      assert.deepInclude(kept.json.data, {
        customer_name: "—",
        customer_phone: "",
        customer_address: null,
        notes: null,
        total: 2000
      })
      const [tables] = yield* sql<{ text: string }>`
        SELECT concat((SELECT json_agg(u) FROM users u), (SELECT json_agg(o) FROM orders o),
          (SELECT json_agg(e) FROM order_events e), (SELECT json_agg(a) FROM addresses a),
          (SELECT json_agg(p) FROM push_tokens p), (SELECT json_agg(c) FROM carts c WHERE user_id = ${who.id}),
          (SELECT json_agg(l) FROM audit_log l)) AS text`
      assert.notMatch(tables?.text ?? "", /nadia|kaci|770112233/i)
    })
  )

  it.effect("of a seller closes the shop at once, and takes its products along in the end", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const who = yield* seller
      const ordered = yield* addProduct(who, { name: "Commandé", description: "Privé", stock: 9 })
      const unordered = yield* addProduct(who, { name: "Jamais commandé" })
      const placed = yield* order([{ product_id: ordered.id, quantity: 1 }])
      // No order shows it.
      const photo = upload(yield* Effect.promise(() => jpeg(80, 80)))
      yield* server.send("POST", `/api/v1/products/${ordered.id}/images`, { ...who, ...photo })
      yield* leave(who)
      assert.strictEqual((yield* server.get(`/api/v1/products/${ordered.id}`)).status, 404)
      yield* waitOut(who)
      assert.isFalse(yield* erase(who), "a parcel is still to be sent")
      const note = { note: "Karim Benali, 0770998877" }
      for (const status of ["confirmed", "shipped", "delivered"]) yield* move(who, placed.id, status, note)
      const counted = { product_id: ordered.id, quantity: 1, reason: "Karim Benali" }
      yield* server.post("/api/v1/seller/inventory/adjust", counted, who)
      assert.isTrue(yield* erase(who))
      const sql = yield* SqlClient.SqlClient
      const [said] = yield* sql<{ text: string }>`
        SELECT concat((SELECT json_agg(e) FROM order_events e), (SELECT json_agg(m) FROM stock_movements m)) AS text`
      assert.notMatch(said?.text ?? "", /karim|benali|770998877/i)
      const left = yield* sql`
        SELECT id, status, description FROM products WHERE id IN (${ordered.id}, ${unordered.id})`
      assert.deepStrictEqual(left, [{ id: ordered.id, status: "archived", description: null }])
      assert.isEmpty(yield* sql`SELECT FROM media WHERE owner_id = ${who.id}`)
      assert.strictEqual((yield* server.get(`/api/v1/sellers/${who.id}`)).status, 404)
    })
  )

  it.effect("is erased once, whoever does it at the same time", () =>
    Effect.gen(function* () {
      const who = yield* buyer
      yield* leave(who)
      yield* waitOut(who)
      const outcomes = yield* Effect.forEach([1, 2, 3, 4], () => erase(who), { concurrency: 4 })
      assert.deepStrictEqual(outcomes.filter(Boolean), [true])
    })
  )
})
