import { assert, layer } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { SellerApplication } from "../../src/services/sellers/model.ts"
import { insisting, type Person, TestServer } from "../support/server.ts"
import { absent, addProduct, admin, buyer, customer, move, order } from "../support/shop.ts"

const path = "/api/v1/seller/application"
const decodeApplication = Schema.decodeUnknownEffect(SellerApplication, { onExcessProperty: "error" })

const good = {
  seller_category: "grossiste",
  full_name: "Le Grenier de Sétif",
  phone: "0555 12 34 56",
  wilaya_code: 19,
  register_number: "RC 19/00-0978323 b 10"
}

const apply = Effect.fnUntraced(function* (who: Person, changes: object = {}) {
  const server = yield* TestServer
  const { status, json, text } = yield* server.post(path, { ...good, ...changes }, who)
  assert.strictEqual(status, 201, text)
  return json.data
})

const decide = Effect.fnUntraced(function* (by: Person, id: string, body: object) {
  const server = yield* TestServer
  return yield* server.post(`/api/v1/admin/seller-applications/${id}/decision`, body, by)
})

const setAccount = Effect.fnUntraced(function* (who: Person, changes: object) {
  const server = yield* TestServer
  const answer = yield* server.patch(`/api/v1/admin/users/${who.id}`, changes, yield* admin)
  assert.strictEqual(answer.status, 200, answer.text)
  return answer.json.data
})

/** Somebody who applied and was approved. */
const approved = Effect.gen(function* () {
  const who = yield* buyer
  const { id } = yield* apply(who)
  assert.strictEqual((yield* decide(yield* admin, id, { decision: "approve" })).status, 200)
  return who
})

layer(TestServer.layer)("an application to sell", (it) => {
  it.effect("becomes a shop with all that it told, also one that is reopened", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const who = yield* buyer
      const boss = yield* admin
      const texts = { full_name_ar: "مخزن سطيف", description: "Épicerie fine" }
      for (const changes of [
        texts,
        { full_name: "L'Autre", full_name_ar: "آخر", description: "B", wilaya_code: 16, phone: "0661000000" }
      ]) {
        const told = yield* apply(who, changes)
        assert.strictEqual((yield* decide(boss, told.id, { decision: "approve" })).status, 200)
        const [shop] =
          yield* sql`SELECT full_name, full_name_ar, description, phone, wilaya_code FROM sellers WHERE id = ${who.id}`
        const { full_name, full_name_ar, description, phone, wilaya_code } = told
        assert.deepStrictEqual(shop, { full_name, full_name_ar, description, phone, wilaya_code })
        for (const value of Object.values(shop ?? {})) assert.isNotNull(value)
        yield* setAccount(who, { role: "customer" })
      }
    })
  )

  it.effect("is taken, and shown to the applicant with where it stands", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const who = yield* buyer
      assert.strictEqual((yield* server.get(path, who)).json.error.code, "APPLICATION_NOT_FOUND")
      const application = yield* apply(who, { tax_number: "000 016 001 234 567", user_id: absent, status: "approved" })
      yield* decodeApplication(application)
      assert.deepInclude(application, {
        user_id: who.id,
        phone: "+213555123456",
        register_number: "19/00-0978323B10",
        tax_number: "000016001234567",
        status: "pending",
        decided_at: null
      })
      assert.deepStrictEqual((yield* server.get(path, who)).json.data, application)
      assert.strictEqual((yield* server.get("/api/v1/users/me", who)).json.data.role, "customer")
    })
  )

  it.effect("names the field that is missing or malformed", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const who = yield* buyer
      const { register_number, seller_category, ...rest } = good
      const cases = [
        ["register_number", { ...rest, seller_category }],
        ["seller_category", { ...rest, register_number }],
        ["register_number", { ...good, register_number: "12345" }],
        ["register_number", { ...good, register_number: "19/00-0978323X10" }],
        ["register_number", { ...good, register_number: 19 }],
        ["register_number", { ...good, register_number: null }],
        ["tax_number", { ...good, tax_number: "12" }],
        ["seller_category", { ...good, seller_category: "admin" }],
        ["phone", { ...good, phone: "021 12 34 56" }],
        ["full_name", { ...good, full_name: " " }],
        ["wilaya_code", { ...good, wilaya_code: 98 }],
        ["wilaya_code", { ...good, wilaya_code: 1.5 }]
      ] as const
      for (const [field, body] of cases) {
        const { status, json } = yield* server.post(path, body, who)
        assert.strictEqual(status, 422, JSON.stringify(body))
        assert.deepStrictEqual(
          json.error.details.map((detail: any) => detail.field),
          [field]
        )
      }
      assert.strictEqual((yield* server.get(path, who)).status, 404)
    })
  )

  it.effect("is one at a time, whatever arrives at once, and none from who sells or administers", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const who = yield* buyer
      const answers = yield* Effect.forEach(Array.from({ length: 10 }), () => server.post(path, good, who), {
        concurrency: 10
      })
      assert.deepStrictEqual(answers.map(({ status }) => status).sort(), [201, ...Array.from({ length: 9 }, () => 409)])
      assert.strictEqual((yield* server.post(path, good, who)).json.error.code, "APPLICATION_PENDING")
      for (const other of [yield* server.person("seller", "grossiste"), yield* admin]) {
        const { status, json } = yield* server.post(path, good, other)
        assert.deepStrictEqual([status, json.error.code], [409, "CANNOT_BECOME_SELLER"])
      }
    }).pipe(insisting)
  )

  it.effect("that is approved makes a seller with an open shop at once", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const who = yield* buyer
      const { id } = yield* apply(who, { full_name: "Chez Amina", description: "Épices" })
      const listed = yield* server.get("/api/v1/admin/seller-applications?status=pending&limit=100", yield* admin)
      assert.include(
        listed.json.data.map((each: any) => each.id),
        id
      )
      const { status, json } = yield* decide(yield* admin, id, { decision: "approve", seller_category: "fournisseur" })
      assert.deepStrictEqual([status, json.data.status, json.data.seller_category], [200, "approved", "fournisseur"])
      assert.isString(json.data.decided_at)
      const me = yield* server.get("/api/v1/users/me", who)
      assert.deepInclude(me.json.data, { role: "seller", seller_category: "fournisseur" })
      const product = yield* addProduct(who)
      assert.deepStrictEqual(product.seller, {
        id: who.id,
        full_name: "Chez Amina",
        seller_category: "fournisseur",
        avatar_url: null,
        rating: null,
        is_verified: true
      })
      const again = yield* decide(yield* admin, id, { decision: "approve" })
      assert.deepStrictEqual([again.status, again.json.error.code], [409, "APPLICATION_DECIDED"])
    })
  )

  it.effect("that is rejected says why, and may be followed by another", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const who = yield* buyer
      const { id } = yield* apply(who)
      const silent = yield* decide(yield* admin, id, { decision: "reject" })
      assert.deepStrictEqual([silent.status, silent.json.error.details[0].field], [422, "reason"])
      yield* decide(yield* admin, id, { decision: "reject", reason: "Ce registre est celui d'un autre" })
      const { json } = yield* server.get(path, who)
      assert.deepInclude(json.data, { status: "rejected", reason: "Ce registre est celui d'un autre" })
      const second = yield* apply(who)
      assert.notStrictEqual(second.id, id)
      assert.strictEqual((yield* decide(yield* admin, second.id, { decision: "approve" })).status, 200)
    })
  )

  it.effect("is decided once, whoever decides at the same time", () =>
    Effect.gen(function* () {
      const who = yield* buyer
      const { id } = yield* apply(who)
      const decisions = [{ decision: "approve" }, { decision: "reject", reason: "Non" }, { decision: "approve" }]
      const by = yield* admin
      const answers = yield* Effect.forEach(decisions, (body) => decide(by, id, body), { concurrency: 3 })
      assert.deepStrictEqual(answers.map(({ status }) => status).sort(), [200, 409, 409])
    }).pipe(insisting)
  )

  it.effect("of a banned user is not approved, and can be rejected", () =>
    Effect.gen(function* () {
      const who = yield* buyer
      const { id } = yield* apply(who)
      yield* setAccount(who, { status: "banned" })
      const { status, json } = yield* decide(yield* admin, id, { decision: "approve" })
      assert.deepStrictEqual([status, json.error.code], [409, "USER_UNAVAILABLE"])
      assert.strictEqual(json.error.message, "This user is banned.")
      assert.strictEqual((yield* decide(yield* admin, id, { decision: "reject", reason: "Banni" })).status, 200)
      const unknown = yield* decide(yield* admin, absent, { decision: "approve" })
      assert.deepStrictEqual([unknown.status, unknown.json.error.code], [404, "APPLICATION_NOT_FOUND"])
    })
  )
})

layer(TestServer.layer)("a suspended shop", (it) => {
  it.effect("vanishes from the catalogue and sells nothing, and comes back as it was", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const who = yield* approved
      const soap = yield* addProduct(who, { name: "Savon suspendu", stock: 10 })
      const draft = yield* addProduct(who, { status: "draft" })
      const shopper = yield* buyer
      yield* server.post("/api/v1/cart/items", { product_id: soap.id }, shopper)
      const seen = Effect.map(server.get(`/api/v1/products?seller=${who.id}`), ({ json }) =>
        json.data.map((each: any) => each.id)
      )
      assert.deepStrictEqual(yield* seen, [soap.id])
      const account = yield* setAccount(who, { shop_status: "suspended", reason: "Plaintes" })
      assert.strictEqual(account.shop.status, "suspended")
      assert.deepStrictEqual(yield* seen, [])
      assert.strictEqual((yield* server.get(`/api/v1/products/${soap.id}`)).status, 404)
      assert.strictEqual((yield* server.get(`/api/v1/products/${soap.slug}`, shopper)).status, 404)
      assert.isEmpty((yield* server.get("/api/v1/products?search=suspendu")).json.data)
      const ordered = yield* server.post("/api/v1/orders", {
        ...customer,
        items: [{ product_id: soap.id, quantity: 1 }]
      })
      assert.deepStrictEqual([ordered.status, ordered.json.error.code], [404, "PRODUCT_NOT_FOUND"])
      assert.isFalse((yield* server.get("/api/v1/cart", shopper)).json.data.items[0].in_stock)

      const attempts = [
        server.post("/api/v1/products", { name: "Autre", price: 1 }, who),
        server.patch(`/api/v1/products/${soap.id}`, { status: "active" }, who),
        server.patch(`/api/v1/products/${draft.id}`, { status: "active" }, who),
        server.send("DELETE", `/api/v1/products/${soap.id}`, who),
        server.patch(`/api/v1/products/${draft.id}`, { status: "active" }, yield* admin),
        server.post("/api/v1/products", { name: "Autre", price: 1, seller_id: who.id }, yield* admin)
      ]
      for (const { status, json } of yield* Effect.all(attempts)) {
        assert.deepStrictEqual([status, json.error.code], [403, "SHOP_CLOSED"])
      }
      const own = yield* server.get("/api/v1/seller/products", who)
      assert.deepStrictEqual(own.json.data.map((each: any) => each.status).sort(), ["draft", "suspended"])

      yield* setAccount(who, { shop_status: "active" })
      assert.deepStrictEqual(yield* seen, [soap.id])
      assert.strictEqual((yield* server.get(`/api/v1/products/${draft.id}`)).status, 404)
      assert.strictEqual((yield* order([{ product_id: soap.id, quantity: 1 }])).status, "pending")
    })
  )

  it.effect("finishes the orders that it has", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const who = yield* approved
      const soap = yield* addProduct(who, { stock: 10 })
      const placed = yield* order([{ product_id: soap.id, quantity: 1 }])
      yield* setAccount(who, { shop_status: "suspended" })
      assert.lengthOf((yield* server.get("/api/v1/seller/orders", who)).json.data, 1)
      for (const status of ["confirmed", "shipped", "delivered"]) yield* move(who, placed.id, status)
    })
  )

  it.effect("lets no product slip in while it closes", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      for (let round = 0; round < 5; round++) {
        const who = yield* approved
        const by = yield* admin
        const adding = Array.from({ length: 8 }, (_, n) =>
          server.post("/api/v1/products", { name: `Course ${round} ${n}`, price: 1 }, who)
        )
        const closing = server.patch(`/api/v1/admin/users/${who.id}`, { shop_status: "suspended" }, by)
        const answers = yield* Effect.all([...adding.slice(0, 4), closing, ...adding.slice(4)], { concurrency: 9 })
        assert.isEmpty(answers.filter(({ status }) => ![200, 201, 403].includes(status)))
        assert.isEmpty((yield* server.get(`/api/v1/products?seller=${who.id}`)).json.data)
      }
    }).pipe(insisting)
  )

  it.effect("of who sells no more comes back by another approval, with the tier that it grants", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const sql = yield* SqlClient.SqlClient
      const who = yield* approved
      const soap = yield* addProduct(who)
      const draft = yield* addProduct(who, { status: "draft" })
      const tiers = sql`SELECT DISTINCT seller_category FROM products WHERE seller_id = ${who.id}`
      const shown = (tier: string) =>
        Effect.map(server.get(`/api/v1/products?seller=${who.id}&seller_category=${tier}`), ({ json }) =>
          json.data.map(({ id, seller }: any) => [id, seller.seller_category])
        )
      const statuses = Effect.map(
        sql`SELECT id, status FROM products WHERE seller_id = ${who.id} ORDER BY id = ${soap.id} DESC`,
        (rows) => rows.map(({ status }) => status)
      )
      yield* setAccount(who, { role: "customer" })
      assert.deepStrictEqual(yield* statuses, ["suspended", "draft"])
      assert.isEmpty(yield* shown("grossiste"))

      const { id } = yield* apply(who, { seller_category: "fournisseur" })
      assert.deepStrictEqual(yield* statuses, ["suspended", "draft"])
      const decision = yield* decide(yield* admin, id, { decision: "approve", seller_category: "importateur" })
      assert.strictEqual(decision.status, 200, decision.text)
      assert.deepStrictEqual(yield* statuses, ["active", "draft"])
      assert.deepStrictEqual(yield* tiers, [{ seller_category: "importateur" }])
      assert.deepStrictEqual(yield* shown("importateur"), [[soap.id, "importateur"]])
      assert.isEmpty(yield* shown("grossiste"))
      assert.strictEqual((yield* server.get(`/api/v1/products/${draft.id}`)).status, 404)
    })
  )

  it.effect("is closed as well when its owner is banned, demoted or leaving, and opens with what was mended", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const who = yield* approved
      const soap = yield* addProduct(who)
      const status = Effect.map(server.get(`/api/v1/products/${soap.id}`), (answer) => answer.status)
      for (const [closing, opening] of [
        [{ status: "banned" }, { status: "active" }],
        [{ role: "customer" }, { role: "seller", seller_category: "grossiste" }]
      ]) {
        yield* setAccount(who, closing ?? {})
        assert.strictEqual(yield* status, 404)
        yield* setAccount(who, opening ?? {})
        assert.strictEqual(yield* status, 200)
      }
      yield* server.send("DELETE", "/api/v1/users/me", who)
      assert.strictEqual(yield* status, 404)
      yield* setAccount(who, { shop_status: "suspended" })
      yield* server.post("/api/v1/users/me/restore", {}, who)
      assert.strictEqual(yield* status, 404)
      yield* setAccount(who, { shop_status: "active" })
      assert.strictEqual(yield* status, 200)
    })
  )
})
