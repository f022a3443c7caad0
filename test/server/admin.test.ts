import { assert, layer } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { Account } from "../../src/services/accounts/model.ts"
import { AuditEntry } from "../../src/services/audit/model.ts"
import { type Person, TestServer } from "../support/server.ts"
import { absent, addProduct, admin, buyer, move, order, seller } from "../support/shop.ts"

const path = "/api/v1/admin/users"
const strict = { onExcessProperty: "error" } as const
const decodeAccount = Schema.decodeUnknownEffect(Account, strict)
const decodeEntry = Schema.decodeUnknownEffect(AuditEntry, strict)

const update = Effect.fnUntraced(function* (who: { readonly id: string }, changes: object, by?: Person) {
  const server = yield* TestServer
  return yield* server.patch(`${path}/${who.id}`, changes, by ?? (yield* admin))
})

const found = Effect.fnUntraced(function* (search: string, more = "") {
  const server = yield* TestServer
  const { status, json, text } = yield* server.get(`${path}?search=${encodeURIComponent(search)}${more}`, yield* admin)
  assert.strictEqual(status, 200, text)
  return json.data.map((user: any): string => user.id)
})

const auditOf = Effect.fnUntraced(function* (subject: { readonly id: string }) {
  const server = yield* TestServer
  const { json } = yield* server.get(`/api/v1/admin/audit-log?subject_id=${subject.id}`, yield* admin)
  for (const entry of json.data) yield* decodeEntry(entry)
  return json.data
})

layer(TestServer.layer)("administration of users", (it) => {
  it.effect("finds people by parts of name, e-mail, phone and Clerk id, in any case and writing", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const who = yield* buyer
      yield* server.patch(
        "/api/v1/users/me",
        { full_name: "Zoé Bénali", email: "Zoe.B@example.dz", phone: "0661 98 76 54" },
        who
      )
      const { json } = yield* server.get(`${path}/${who.id}`, yield* admin)
      yield* decodeAccount(json.data)
      for (const text of [
        "zoe",
        "BENALI zoé",
        "zoe.b@EXAMPLE",
        "0661987654",
        "+213661987654",
        "+213 (0)661987",
        "0661,98 7",
        "zoé 0661-987",
        json.data.clerk_id.slice(5).toUpperCase()
      ]) {
        assert.deepStrictEqual(yield* found(text), [who.id], text)
      }
      assert.deepStrictEqual(yield* found("zoe%q"), [])
      assert.deepStrictEqual(yield* found("zoe", "&role=seller"), [])
      assert.deepStrictEqual(yield* found("zoe", "&role=customer&status=active"), [who.id])
    })
  )

  it.effect("shows every user once over its pages", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const people = yield* Effect.forEach([1, 2, 3, 4, 5], () => buyer)
      const by = yield* admin
      const seen: Array<string> = []
      let cursor: string | null = ""
      while (cursor !== null) {
        const { json }: any = yield* server.get(`${path}?limit=2${cursor && `&cursor=${cursor}`}`, by)
        seen.push(...json.data.map((user: any) => user.id))
        cursor = json.meta.next_cursor
      }
      assert.strictEqual(new Set(seen).size, seen.length)
      for (const { id } of people) assert.include(seen, id)
    })
  )

  it.effect("ends a banned user's access at once, and gives it back", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const who = yield* buyer
      const banned = yield* update(who, { status: "banned", reason: "Fraude" })
      assert.deepStrictEqual([banned.status, banned.json.data.status], [200, "banned"])
      assert.strictEqual((yield* server.get("/api/v1/users/me", who)).json.error.code, "ACCOUNT_CLOSED")
      yield* update(who, { status: "banned" })
      yield* update(who, { status: "active" })
      assert.strictEqual((yield* server.get("/api/v1/users/me", who)).status, 200)
      const entries = yield* auditOf(who)
      assert.deepStrictEqual(
        entries.map(({ action, before, after, reason }: any) => [action, before.status, after.status, reason]),
        [
          ["user.unban", "banned", "active", null],
          ["user.ban", "active", "banned", "Fraude"]
        ]
      )
    })
  )

  it.effect("sets role and seller category, which the user's next request already has", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const who = yield* buyer
      const by = yield* admin
      const promoted = yield* update(who, { role: "seller", seller_category: "importateur" }, by)
      assert.deepInclude(promoted.json.data, { role: "seller", seller_category: "importateur" })
      assert.strictEqual(promoted.json.data.shop.status, "active")
      yield* addProduct(who)
      yield* update(who, { seller_category: "grossiste" }, by)
      const demoted = yield* update(who, { role: "customer" }, by)
      assert.deepInclude(demoted.json.data, { role: "customer", seller_category: null })
      assert.strictEqual((yield* server.post("/api/v1/products", { name: "X", price: 1 }, who)).status, 403)
      const entries = yield* auditOf(who)
      assert.deepStrictEqual(
        entries.map(({ action, actor, before, after }: any) => [action, actor.id, before, after]),
        [
          [
            "user.role",
            by.id,
            { role: "seller", seller_category: "grossiste" },
            { role: "customer", seller_category: null }
          ],
          [
            "user.role",
            by.id,
            { role: "seller", seller_category: "importateur" },
            { role: "seller", seller_category: "grossiste" }
          ],
          [
            "user.role",
            by.id,
            { role: "customer", seller_category: null },
            { role: "seller", seller_category: "importateur" }
          ]
        ]
      )
    })
  )

  it.effect("refuses what does not fit, names the field, and changes nothing", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const who = yield* buyer
      const by = yield* admin
      const before = yield* server.get(`${path}/${who.id}`, by)
      const cases = [
        ["seller_category", { role: "seller" }],
        ["seller_category", { seller_category: "grossiste" }],
        ["seller_category", { role: "seller", seller_category: "roi" }],
        ["role", { role: "root" }],
        ["status", { status: "deleted" }],
        ["shop_status", { shop_status: "suspended" }],
        ["reason", { status: "banned", reason: "x".repeat(501) }]
      ] as const
      for (const [field, changes] of cases) {
        const { status, json } = yield* update(who, changes, by)
        assert.deepStrictEqual([status, json.error.details[0].field], [422, field], JSON.stringify(changes))
      }
      yield* update(who, { id: absent, clerk_id: "user_other", name: "Autre", email: "a@b.dz", created_at: "2020" }, by)
      assert.deepStrictEqual((yield* server.get(`${path}/${who.id}`, by)).json, before.json)
      assert.isEmpty(yield* auditOf(who))
      for (const id of [absent, "nobody", "%00"])
        assert.strictEqual((yield* update({ id }, { status: "banned" }, by)).status, 404)
    })
  )

  it.effect("lets nobody ban or demote themselves", () =>
    Effect.gen(function* () {
      const by = yield* admin
      for (const changes of [
        { status: "banned" },
        { role: "customer" },
        { role: "seller", seller_category: "grossiste" }
      ]) {
        const { status, json } = yield* update(by, changes, by)
        assert.deepStrictEqual([status, json.error.code], [409, "OWN_ACCOUNT"])
      }
      assert.strictEqual((yield* update(by, { role: "admin" }, by)).status, 200)
      assert.isEmpty(yield* auditOf(by))
    })
  )

  it.effect("does nothing to a deleted user", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const who = yield* buyer
      yield* sql`UPDATE users SET status = 'deleted' WHERE id = ${who.id}`
      for (const changes of [{ status: "active" }, { status: "banned" }, { role: "admin" }]) {
        const { status, json } = yield* update(who, changes)
        assert.deepStrictEqual([status, json.error.code], [409, "USER_UNAVAILABLE"])
      }
    })
  )

  it.effect("leaves a trace of what administrators do to products", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const by = yield* admin
      const owner = yield* seller
      const soap = yield* addProduct(owner, { price: 100 })
      yield* server.patch(`/api/v1/products/${soap.id}`, { price: 90 }, owner)
      assert.isEmpty(yield* auditOf(soap))
      yield* server.patch(`/api/v1/products/${soap.id}`, { price: 80, name: "Savon vert" }, by)
      yield* server.send("DELETE", `/api/v1/products/${soap.id}`, by)
      const made = yield* server.post("/api/v1/products", { name: "Neuf", price: 5, seller_id: owner.id }, by)
      assert.deepStrictEqual(
        (yield* auditOf(soap)).map(({ action, before, after }: any) => [
          action,
          before.price,
          after?.price,
          after?.name
        ]),
        [
          ["product.delete", 8000, undefined, undefined],
          ["product.update", 9000, 8000, "Savon vert"]
        ]
      )
      const [entry] = yield* auditOf(made.json.data)
      assert.deepInclude(entry, { action: "product.create", before: null, subject_type: "product" })
      const mine = yield* server.get(`/api/v1/admin/audit-log?actor_id=${by.id}&action=product.update`, by)
      assert.lengthOf(mine.json.data, 1)
    })
  )

  it.effect("leaves a trace of what administrators do to orders, without the customer's data", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const by = yield* admin
      const soap = yield* addProduct(yield* seller)
      const placed = yield* order([{ product_id: soap.id, quantity: 1 }], yield* buyer)
      const part = placed.seller_orders[0].id
      yield* server.patch(`/api/v1/orders/${placed.id}`, { customer_address: "Rue Kaci", customer_wilaya: 19 }, by)
      yield* move(by, part, "confirmed", { note: "Par téléphone" })
      yield* server.post(`/api/v1/orders/${placed.id}/cancel`, { reason: "Rupture" }, by)
      assert.deepStrictEqual(
        (yield* auditOf(placed)).map(({ action, before, after, reason }: any) => [action, before, after, reason]),
        [
          [
            "order.move",
            { parts: [{ id: part, status: "confirmed" }] },
            { parts: [{ id: part, status: "cancelled" }] },
            "Rupture"
          ],
          [
            "order.move",
            { parts: [{ id: part, status: "pending" }] },
            { parts: [{ id: part, status: "confirmed" }] },
            "Par téléphone"
          ],
          ["order.update", null, { fields: ["customer_wilaya", "customer_address"] }, null]
        ]
      )
    })
  )

  it.effect("takes a change that is meant for what was seen, and no other", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const by = yield* admin
      const who = yield* buyer
      const seen = (yield* server.get(`${path}/${who.id}`, by)).headers.get("etag") ?? ""
      const attempts = [{ status: "banned" }, { role: "freelancer" }].map((changes) =>
        server.patch(`${path}/${who.id}`, changes, { ...by, headers: { "if-match": seen } })
      )
      const answers = yield* Effect.all(attempts, { concurrency: 2 })
      assert.deepStrictEqual(answers.map(({ status }) => status).sort(), [200, 412])
    })
  )
})
