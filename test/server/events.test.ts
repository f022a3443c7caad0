/** What the API's own flows write into the log: every type of event, in the shape it was declared in, once. */
import { assert, layer } from "@effect/vitest"
import { Duration, Effect } from "effect"
import { SqlClient } from "effect/sql"
import { eventTypes } from "../../src/layers/Background.ts"
import { ClerkEvents } from "../../src/services/accounts/ClerkEvents.ts"
import { Departures } from "../../src/services/accounts/Departures.ts"
import { Patience } from "../../src/services/patience.ts"
import { jpeg } from "../support/pictures.ts"
import { TestServer } from "../support/server.ts"
import { addProduct, admin, buyer, customer, move, order, seller } from "../support/shop.ts"
import { upload } from "../support/upload.ts"
import { actors, makeWorld, sendAs } from "../support/world.ts"
import { rows } from "./access.rows.ts"

const eventsOf = (entity: string) =>
  SqlClient.SqlClient.use(
    (sql) =>
      sql<{ type: string; payload: unknown }>`SELECT type, payload FROM events WHERE entity = ${entity} ORDER BY id`
  )

layer(TestServer.layer)("the event log", (it) => {
  it.effect("has an order that was placed, with its parts and without the person", () =>
    Effect.gen(function* () {
      const [one, two] = [yield* seller, yield* seller]
      const [soap, rug] = [yield* addProduct(one), yield* addProduct(two, { name: "Tapis", price: 25.5 })]
      const items = [soap, rug].map(({ id }) => ({ product_id: id, quantity: 2 }))
      const who = yield* buyer
      for (const [placed, user_id] of [
        [yield* order(items), null],
        [yield* order(items.slice(0, 1), who), who.id]
      ] as const) {
        const parts = placed.seller_orders.map((part: { id: string; seller: { id: string } }) => ({
          id: part.id,
          seller_id: part.seller.id
        }))
        const total = Math.round(placed.total * 100)
        assert.deepStrictEqual(yield* eventsOf(placed.id), [
          { type: "order.placed", payload: { id: placed.id, order_number: placed.order_number, user_id, total, parts } }
        ])
      }
    })
  )

  it.effect("has nothing of an order that was refused, and one event of a request that was repeated", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const sql = yield* SqlClient.SqlClient
      const soap = yield* addProduct(yield* seller, { stock: 1 })
      const written = Effect.map(sql`SELECT FROM events`, ({ length }) => length)
      const before = yield* written
      const place = (quantity: number) =>
        server.post(
          "/api/v1/orders",
          { ...customer, items: [{ product_id: soap.id, quantity }] },
          { headers: { "idempotency-key": `events-${soap.id}-${quantity}` } }
        )
      assert.strictEqual((yield* place(2)).status, 409)
      assert.strictEqual(yield* written, before)
      for (let i = 0; i < 2; i++) assert.strictEqual((yield* place(1)).status, 201)
      assert.strictEqual(yield* written, before + 1)
    })
  )

  it.effect("has every step of a part, and which fields were edited", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const shop = yield* seller
      const who = yield* buyer
      const placed = yield* order([{ product_id: (yield* addProduct(shop)).id, quantity: 1 }], who)
      yield* server.patch(`/api/v1/orders/${placed.id}`, { customer_address: "Rue A", notes: null }, who)
      for (const status of ["confirmed", "shipped"]) yield* move(shop, placed.id, status)
      const moved = {
        order_id: placed.id,
        seller_order_id: placed.seller_orders[0].id,
        seller_id: shop.id,
        user_id: who.id,
        total: 100_000
      }
      assert.deepStrictEqual((yield* eventsOf(placed.id)).slice(1), [
        { type: "order.edited", payload: { id: placed.id, fields: ["customer_address"] } },
        { type: "order.part_moved", payload: { ...moved, from: "pending", to: "confirmed" } },
        { type: "order.part_moved", payload: { ...moved, from: "confirmed", to: "shipped" } }
      ])
    })
  )

  it.effect("has a product that came, was changed, priced, counted and went, and a person who was forgotten", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const sql = yield* SqlClient.SqlClient
      const departures = yield* Departures
      const shop = yield* seller
      const { id } = yield* addProduct(shop, { stock: 5 })
      const picture = upload(yield* Effect.promise(() => jpeg(64, 64)))
      const path = `/api/v1/products/${id}`
      for (const change of [{ name: "Savon", price: 1200 }, { price: 1200 }]) {
        assert.strictEqual((yield* server.patch(path, change, shop)).status, 200)
      }
      assert.strictEqual((yield* server.send("POST", `${path}/images`, { ...picture, token: shop.token })).status, 201)
      const adjusted = yield* server.post(
        "/api/v1/seller/inventory/adjust",
        { product_id: id, quantity: 1, reason: "compté" },
        shop
      )
      assert.strictEqual(adjusted.status, 201, adjusted.text)
      assert.strictEqual((yield* server.send("DELETE", path, shop)).status, 200)
      assert.deepStrictEqual(
        (yield* eventsOf(id)).map(({ type }) => type),
        [
          "product.created",
          "product.priced",
          "product.changed",
          "product.changed",
          "product.changed",
          "product.stocked",
          "product.deleted"
        ]
      )
      yield* addProduct(shop)
      const settled = (on_sale: boolean) => ({ type: "shop.settled", payload: { id: shop.id, on_sale } })
      yield* server.send("DELETE", "/api/v1/users/me", shop)
      assert.strictEqual((yield* server.post("/api/v1/users/me/restore", undefined, shop)).status, 200)
      assert.deepStrictEqual(yield* eventsOf(shop.id), [settled(false), settled(true)])
      yield* server.send("DELETE", "/api/v1/users/me", shop)
      yield* sql`UPDATE users SET delete_after = now() WHERE id = ${shop.id}`
      assert.isTrue(yield* departures.erase({ id: null, name: "operator test" }, shop.id))
      assert.deepStrictEqual((yield* eventsOf(shop.id)).slice(2), [
        settled(false),
        { type: "user.erased", payload: { id: shop.id } }
      ])
    })
  )

  it.effect("has what administrators make of a person and a shop", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const by = yield* admin
      const decide = Effect.fnUntraced(function* (id: string, changes: object) {
        const answer = yield* server.patch(`/api/v1/admin/users/${id}`, changes, by)
        assert.strictEqual(answer.status, 200, answer.text)
      })
      const [applicant, promoted] = [yield* buyer, yield* buyer]
      const customer = { role: "customer", seller_category: null }
      const application = {
        seller_category: "grossiste",
        full_name: "Le Grenier",
        phone: "0555123456",
        wilaya_code: 19,
        register_number: "19/00-0978323B10"
      }
      const applied = yield* server.post("/api/v1/seller/application", application, applicant)
      const decision = `/api/v1/admin/seller-applications/${applied.json.data.id}/decision`
      assert.strictEqual((yield* server.post(decision, { decision: "approve" }, by)).status, 200)
      const { id } = applicant
      const seller = { role: "seller", seller_category: "grossiste" }
      assert.deepStrictEqual(yield* eventsOf(id), [
        { type: "user.role_changed", payload: { id, from: customer, to: seller } },
        { type: "shop.opened", payload: { id } }
      ])
      for (const shop_status of ["suspended", "suspended", "active"]) yield* decide(id, { shop_status })
      for (const status of ["banned", "active"]) yield* decide(id, { status })
      yield* decide(id, { seller_category: "fournisseur" })
      assert.deepStrictEqual((yield* eventsOf(id)).slice(2), [
        { type: "shop.suspended", payload: { id } },
        { type: "shop.reinstated", payload: { id } },
        { type: "user.banned", payload: { id } },
        { type: "user.unbanned", payload: { id } },
        {
          type: "user.role_changed",
          payload: { id, from: seller, to: { role: "seller", seller_category: "fournisseur" } }
        }
      ])
      // Who leaves opens no shop until they stay.
      const leaving = yield* buyer
      const asked = yield* server.post("/api/v1/seller/application", application, leaving)
      assert.strictEqual((yield* server.send("DELETE", "/api/v1/users/me", leaving)).status, 200)
      const approval = `/api/v1/admin/seller-applications/${asked.json.data.id}/decision`
      const early = yield* server.post(approval, { decision: "approve" }, by)
      assert.deepStrictEqual([early.status, early.json.error.message], [409, "This user is leaving."])
      const made = yield* server.patch(`/api/v1/admin/users/${leaving.id}`, seller, by)
      assert.deepStrictEqual([made.status, made.json.error.details[0].field], [422, "role"])
      assert.deepStrictEqual(yield* eventsOf(leaving.id), [])
      assert.strictEqual((yield* server.post("/api/v1/users/me/restore", {}, leaving)).status, 200)
      yield* decide(leaving.id, { status: "banned" })
      const banned = yield* server.patch(`/api/v1/admin/users/${leaving.id}`, seller, by)
      assert.deepStrictEqual([banned.status, banned.json.error.message], [409, "This user is banned."])
      yield* decide(leaving.id, { status: "active" })
      const both = yield* server.patch(`/api/v1/admin/users/${leaving.id}`, { ...seller, status: "banned" }, by)
      assert.deepStrictEqual([both.status, both.json.error.details[0].field], [422, "role"])
      // Who comes back may be given something by the same decision.
      const returning = yield* buyer
      yield* decide(returning.id, { status: "banned" })
      yield* decide(returning.id, { ...seller, status: "active" })
      assert.strictEqual((yield* server.post(approval, { decision: "approve" }, by)).status, 200)
      assert.deepStrictEqual(
        (yield* eventsOf(leaving.id)).map(({ type }) => type),
        ["user.banned", "user.unbanned", "user.role_changed", "shop.opened"]
      )
      yield* decide(promoted.id, seller)
      assert.deepStrictEqual(
        (yield* eventsOf(promoted.id)).map(({ type }) => type),
        ["user.role_changed", "shop.opened"]
      )
    })
  )

  it.effect("has the end of an account that Clerk deleted, once", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const clerk = yield* ClerkEvents
      const { id } = yield* buyer
      const [row] = yield* sql<{ clerk_id: string }>`SELECT clerk_id FROM users WHERE id = ${id}`
      for (const message of ["msg_1", "msg_2"]) {
        yield* clerk
          .receive({ id: message, type: "user.deleted", data: { id: row?.clerk_id } })
          .pipe(Effect.provideService(Patience, Duration.minutes(1)))
      }
      assert.deepStrictEqual(yield* eventsOf(id), [{ type: "user.closed", payload: { id } }])
    })
  )

  it.effect("has what the routes write, asked by whoever may", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      for (const row of Object.entries(rows)) {
        const actor = actors.find((actor) => row[1].cells[actor] === "allowed")
        if (actor !== undefined && !row[0].startsWith("GET ")) yield* sendAs(world, actor, row)
      }
    })
  )

  // Their shapes are proven of every event that any test file writes, as its database is dropped (support/database.ts).
  it.effect("has had an event of every type", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const rows = yield* sql<{ type: string }>`SELECT DISTINCT type FROM events`
      const written = rows.map(({ type }) => type)
      assert.sameMembers(
        written,
        eventTypes.map(({ name }) => name)
      )
    })
  )
})
