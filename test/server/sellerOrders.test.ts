import { assert, layer } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import { countTo } from "../../src/services/estimates.ts"
import { ListedSellerOrder, SellerOrder } from "../../src/services/orders/model.ts"
import { patiently } from "../../src/services/patience.ts"
import { TestServer } from "../support/server.ts"
import { absent, addProduct, admin, buyer, move, order, seller, stockOf } from "../support/shop.ts"

const base = "/api/v1/seller/orders"
const strict = { onExcessProperty: "error" } as const
const decodeListed = Schema.decodeUnknownEffect(ListedSellerOrder, strict)
const decodeSellerOrder = Schema.decodeUnknownEffect(SellerOrder, strict)

const one = (product: { readonly id: string }, quantity = 1) => [{ product_id: product.id, quantity }]
const numbers = ({ json }: { json: any }): ReadonlyArray<string> =>
  json.data.map(({ order_number }: any) => order_number)

layer(TestServer.layer)("a seller's orders", (it) => {
  it.effect("are none to begin with, and are sellers' business alone", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const { status, json } = yield* server.get(base, yield* seller)
      assert.strictEqual(status, 200)
      assert.deepStrictEqual(json.data, [])
      assert.strictEqual((yield* server.get(base)).status, 401)
      const refused = yield* server.get(base, yield* buyer)
      assert.strictEqual(refused.status, 403)
      assert.strictEqual(refused.json.error.code, "FORBIDDEN")
    })
  )

  it.effect("are its own parts, the newest first, by page and by cursor", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const [shop, other] = [yield* seller, yield* seller]
      const [mine, theirs] = [yield* addProduct(shop, { price: 100 }), yield* addProduct(other, { name: "Autre" })]
      const placed: Array<any> = []
      for (let i = 0; i < 5; i++) placed.unshift(yield* order([...one(theirs), ...one(mine, 2)]))
      yield* order(one(theirs))
      const expected = placed.map(({ order_number }) => order_number)
      const first = yield* server.get(`${base}?limit=2`, shop)
      assert.deepInclude(first.json.meta, { total: 5, total_pages: 3, has_next: true })
      const byNumber = yield* Effect.all([1, 2, 3].map((page) => server.get(`${base}?limit=2&page=${page}`, shop)))
      assert.deepStrictEqual(byNumber.flatMap(numbers), expected)
      const second = yield* server.get(`${base}?limit=2&cursor=${first.json.meta.next_cursor}`, shop)
      assert.deepStrictEqual(numbers(second), expected.slice(2, 4))
      yield* Effect.forEach(first.json.data, (listed) => decodeListed(listed))
      assert.notInclude(first.text, "Autre")
      const [newest] = first.json.data
      assert.deepInclude(newest, { order_id: placed[0].id, id: placed[0].seller_orders[1].id, total: 200 })
      assert.deepStrictEqual(newest.items, [placed[0].items[1]])
    })
  )

  it.effect("are shown ten at a glance, the newest first", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const shop = yield* seller
      const soap = yield* addProduct(shop)
      const placed: Array<string> = []
      for (let i = 0; i < 12; i++) placed.unshift((yield* order(one(soap))).order_number)
      assert.deepStrictEqual(numbers(yield* server.get(`${base}/recent`, shop)), placed.slice(0, 10))
    })
  )

  it.effect("say nothing of whose account they come from", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const [shop, who] = [yield* seller, yield* buyer]
      const { id } = yield* order(one(yield* addProduct(shop)), who, { customer_email: "amina@example.dz" })
      const own = yield* server.get(`/api/v1/orders/${id}`, who)
      assert.deepInclude(own.json.data, { user_id: who.id, customer_email: "amina@example.dz" })
      const answers = yield* Effect.forEach([`/api/v1/orders/${id}`, base, `${base}/recent`], (path) =>
        server.get(path, shop)
      )
      for (const { status, text } of answers) {
        assert.strictEqual(status, 200, text)
        assert.include(text, id)
        assert.notInclude(text, who.id)
        assert.notInclude(text, "amina@example.dz")
      }
    })
  )

  it.effect("are filtered by state, place and day, and searched by number, name and phone", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const sql = yield* SqlClient.SqlClient
      const shop = yield* seller
      const soap = yield* addProduct(shop)
      const a = yield* order(one(soap), {}, { customer_name: "Amina Benali", customer_wilaya: "alger" })
      const b = yield* order(one(soap), {}, { customer_name: "محمد بوزيد", customer_phone: "0661987654" })
      const c = yield* order(one(soap), {}, { customer_name: "Lynda Aït_Ouali", customer_wilaya: "alger" })
      yield* move(shop, b.id, "confirmed")
      yield* move(shop, c.id, "confirmed")
      for (const status of ["shipped", "delivered"]) yield* move(shop, c.id, status)
      // The last hour of the 9th in UTC is the first of the 10th in Algeria.
      yield* sql`UPDATE seller_orders SET created_at = '2026-01-09T23:30:00Z' WHERE order_id = ${b.id}`
      const code: string = a.order_number.slice(4)
      const typed = [`zst–${code}`, `ZST ${code}`, `ZST${code}`, `ZST - ${code.slice(0, 4)} ${code.slice(4)}`]
      const cases: ReadonlyArray<readonly [string, ReadonlyArray<any>]> = [
        ["", [c, a, b]],
        ["status=pending", [a]],
        ["status=confirmed", [b]],
        ["payment_status=paid", [c]],
        ["payment_status=pending", [a, b]],
        ["customer_wilaya=16", [c, a]],
        ["customer_wilaya=ALGER", [c, a]],
        ["customer_wilaya=%D8%A7%D9%84%D8%AC%D8%B2%D8%A7%D8%A6%D8%B1&status=pending", [a]],
        ["date_from=2026-01-10&date_to=2026-01-10", [b]],
        ["date_to=2026-01-09", []],
        ["date_from=2026-01-11", [c, a]],
        [`search=${a.order_number}`, [a]],
        [`search=${a.order_number.slice(5).toLowerCase()}`, [a]],
        ...typed.map((number) => [`search=${encodeURIComponent(number)}`, [a]] as const),
        ...["+213 (0)661", "0661,98", "00213 6 61-98", "٠٦٦١ ٩٨"].map(
          (part) => [`search=${encodeURIComponent(part)}`, [b]] as const
        ),
        ["search=benali", [a]],
        ["search=ait_ouali", [c]],
        ["search=_", []],
        ["search=%25", []],
        ["search=بوزيد", [b]],
        ["search=0661 98", [b]],
        ["search=%2B213661987654", [b]],
        ["search=nobody", []]
      ]
      for (const [query, expected] of cases) {
        const answer = yield* server.get(`${base}?${query}`, shop)
        assert.strictEqual(answer.status, 200, `${query} ${answer.text}`)
        assert.deepStrictEqual(
          numbers(answer),
          expected.map(({ order_number }) => order_number),
          query
        )
      }
    })
  )

  it.effect("are found to the last of them, however many", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const sql = yield* SqlClient.SqlClient
      const shop = yield* seller
      // The newest first, as they are found: the oldest are none of the first that are.
      const many = countTo + 150
      yield* sql`
        WITH placed AS (
          INSERT INTO orders (id, order_number, customer_name, customer_phone, subtotal, total)
          SELECT uuidv7(), 'many-' || n, 'Zoubida', '+213555123456', 0, 0 FROM generate_series(1, ${many}) n
          RETURNING id)
        INSERT INTO seller_orders (id, order_id, seller_id, subtotal, total, created_at)
        SELECT uuidv7(), id, ${shop.id}, 0, 0, now() - row_number() OVER () * interval '1 second' FROM placed`.pipe(
        patiently(sql, "1 minute")
      )
      const path = `${base}?search=zoubida&limit=100`
      const found = new Set<string>()
      let { json } = yield* server.get(path, shop)
      assert.strictEqual(json.meta.total, countTo)
      for (let page = 0; page < 200; page++) {
        for (const { id } of json.data) found.add(id)
        if (json.meta.next_cursor === null) break
        // As if it was asked for somewhere else: nobody there has seen how many there are.
        if (found.size > many - 100) yield* TestClock.adjust("11 seconds")
        json = (yield* server.get(`${path}&cursor=${json.meta.next_cursor}`, shop)).json
      }
      assert.strictEqual(found.size, many)
      yield* sql`DELETE FROM orders WHERE customer_name = 'Zoubida'`.pipe(patiently(sql, "1 minute"))
    })
  )

  it.effect("refuse filters that make no sense, naming the parameter", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const shop = yield* seller
      for (const [query, field] of [
        ["status=lost", "status"],
        ["payment_status=owed", "payment_status"],
        ["customer_wilaya=0", "customer_wilaya"],
        ["customer_wilaya=x", "customer_wilaya"],
        ["date_from=2026-02-31", "date_from"],
        ["date_from=yesterday", "date_from"],
        ["date_to=2026-13-01", "date_to"],
        ["search=%00", "search"],
        ["cursor=x", "cursor"]
      ]) {
        const { status, json, text } = yield* server.get(`${base}?${query}`, shop)
        assert.strictEqual(status, 422, `${query} ${text}`)
        assert.strictEqual(json.error.details[0].field, field)
      }
    })
  )
})

layer(TestServer.layer)("a seller's part of an order", (it) => {
  it.effect("is read by its own id and by the order's id or number, by its seller and administrators", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const [shop, other] = [yield* seller, yield* seller]
      const placed = yield* order([...one(yield* addProduct(shop)), ...one(yield* addProduct(other))], yield* buyer)
      const [part] = placed.seller_orders
      const { status, json } = yield* server.get(`${base}/${part.id}`, shop)
      assert.strictEqual(status, 200)
      yield* decodeSellerOrder(json.data)
      assert.strictEqual(json.data.id, part.id)
      for (const id of [placed.id, placed.order_number, placed.order_number.toLowerCase()]) {
        assert.deepStrictEqual((yield* server.get(`${base}/${id}`, shop)).json, json)
      }
      assert.deepStrictEqual((yield* server.get(`${base}/${part.id}`, yield* admin)).json, json)
      for (const person of [other, yield* seller, yield* buyer]) {
        for (const method of ["GET", "PATCH"]) {
          const path = method === "GET" ? part.id : `${part.id}/status`
          const body = method === "GET" ? {} : { body: { status: "confirmed" } }
          const answer = yield* server.send(method, `${base}/${path}`, { ...person, ...body })
          assert.strictEqual(answer.status, 404)
          assert.strictEqual(answer.json.error.code, "ORDER_NOT_FOUND")
        }
      }
      for (const id of [absent, "x", "%00", "ZST-22222222"]) {
        assert.strictEqual((yield* server.get(`${base}/${id}`, shop)).status, 404)
      }
    })
  )

  it.effect("takes a note with a change, once, and refuses one that would be lost", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const shop = yield* seller
      const [part] = (yield* order(one(yield* addProduct(shop)))).seller_orders
      yield* move(shop, part.id, "confirmed")
      yield* move(shop, part.id, "shipped", { note: "Parti ce matin" })
      const again = yield* move(shop, part.id, "shipped", { note: "Parti ce matin" })
      assert.lengthOf(again.timeline, 3)
      const body = { status: "shipped", note: "Le livreur est en retard" }
      const lost = yield* server.patch(`${base}/${part.id}/status`, body, shop)
      assert.strictEqual(lost.status, 422)
      assert.deepStrictEqual(lost.json.error.details, [
        { field: "note", message: "It is shipped already: a note comes with a change" }
      ])
      const tracked = yield* move(shop, part.id, "shipped", { tracking_number: "YAL-7", note: body.note })
      assert.deepInclude(tracked.timeline.at(-1), { kind: "tracked", note: body.note })
    })
  )

  it.effect("is nothing that an administrator has a list of", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const boss = yield* admin
      for (const path of [base, `${base}/recent`, "/api/v1/seller/inventory/movements"]) {
        const { status, json } = yield* server.get(path, boss)
        assert.deepStrictEqual([status, json.error.code], [403, "FORBIDDEN"])
        assert.match(json.error.message, /^Only sellers have /)
      }
    })
  )

  it.effect("goes from pending to delivered, is paid then, and tells its story", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const shop = yield* seller
      const soap = yield* addProduct(shop, { stock: 10 })
      const who = yield* buyer
      const placed = yield* order(one(soap, 3), who)
      const [part] = placed.seller_orders
      yield* move(shop, part.id, "confirmed", { note: "Appelé le client" })
      yield* move(shop, part.id, "processing")
      const sql = yield* SqlClient.SqlClient
      yield* sql`UPDATE orders SET updated_at = '2020-01-01' WHERE id = ${placed.id}`
      const shipped = yield* move(shop, part.id, "shipped", { tracking_number: "YAL-1" })
      assert.strictEqual(shipped.tracking_number, "YAL-1")
      const delivered = yield* move(shop, part.id, "delivered")
      assert.deepInclude(delivered, { status: "delivered", payment_status: "paid", tracking_number: "YAL-1" })
      const { json } = yield* server.get(`/api/v1/orders/${placed.id}`, who)
      assert.deepInclude(json.data, { status: "delivered", payment_status: "paid", tracking_number: "YAL-1" })
      assert.isBelow(Math.abs(Date.now() - Date.parse(json.data.delivery_date)), 60_000)
      assert.isBelow(Math.abs(Date.now() - Date.parse(json.data.updated_at)), 60_000)
      assert.deepStrictEqual(
        json.data.timeline.map((entry: any) => [entry.from, entry.to, entry.label.fr, entry.actor, entry.note]),
        [
          [null, "pending", "Commande reçue", "customer", null],
          ["pending", "confirmed", "Confirmée par la boutique", "seller", "Appelé le client"],
          ["confirmed", "processing", "En préparation", "seller", null],
          ["processing", "shipped", "Expédiée", "seller", null],
          ["shipped", "delivered", "Livrée", "seller", null]
        ]
      )
      const product = yield* server.get(`/api/v1/products/${soap.id}`)
      assert.deepInclude(product.json.data, { stock: 7, sold_count: 3 })
    })
  )

  it.effect("that was delivered and comes back is refunded, in stock again and not sold", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const shop = yield* seller
      const soap = yield* addProduct(shop, { stock: 10 })
      const placed = yield* order(one(soap, 3))
      for (const status of ["confirmed", "shipped", "delivered"]) yield* move(shop, placed.id, status)
      const returned = yield* move(shop, placed.id, "returned")
      assert.deepInclude(returned, { status: "returned", payment_status: "refunded" })
      const product = yield* server.get(`/api/v1/products/${soap.id}`)
      assert.deepInclude(product.json.data, { stock: 10, sold_count: 0 })
      const refused = yield* order(one(soap, 2))
      for (const status of ["confirmed", "shipped", "returned"]) yield* move(shop, refused.id, status)
      assert.deepInclude((yield* server.get(`/api/v1/products/${soap.id}`)).json.data, { stock: 10, sold_count: 0 })
    })
  )

  it.effect("is cancelled by its seller without the others' parts", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const [shop, other] = [yield* seller, yield* seller]
      const soap = yield* addProduct(shop, { stock: 10 })
      const who = yield* buyer
      const placed = yield* order([...one(soap), ...one(yield* addProduct(other))], who)
      yield* move(shop, placed.id, "cancelled", { note: "Rupture" })
      const read = Effect.map(server.get(`/api/v1/orders/${placed.id}`, who), ({ json }) => json.data.status)
      assert.strictEqual(yield* read, "pending")
      assert.strictEqual(yield* stockOf(soap), 10)
      yield* move(other, placed.id, "confirmed")
      assert.strictEqual(yield* read, "confirmed")
      yield* move(other, placed.id, "cancelled")
      assert.strictEqual(yield* read, "cancelled")
    })
  )

  it.effect("takes no step that is not in its way", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const shop = yield* seller
      const placed = yield* order(one(yield* addProduct(shop)))
      for (const status of ["processing", "shipped", "delivered", "returned"]) {
        const answer = yield* server.patch(`${base}/${placed.id}/status`, { status }, shop)
        assert.strictEqual(answer.status, 409)
        assert.strictEqual(answer.json.error.code, "INVALID_STATUS_TRANSITION")
        assert.deepStrictEqual(answer.json.error.details, [
          { from: "pending", to: status, allowed: ["confirmed", "cancelled"] }
        ])
      }
      yield* move(shop, placed.id, "cancelled")
      const dead = yield* server.patch(`${base}/${placed.id}/status`, { status: "confirmed" }, shop)
      assert.deepStrictEqual(dead.json.error.details[0].allowed, [])
    })
  )

  it.effect("moved to where it is stays as it is; its tracking number may still change", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const shop = yield* seller
      const placed = yield* order(one(yield* addProduct(shop)))
      const confirmed = yield* move(shop, placed.id, "confirmed")
      assert.deepStrictEqual(yield* move(shop, placed.id, "confirmed"), confirmed)
      const early = yield* server.patch(
        `${base}/${placed.id}/status`,
        { status: "processing", tracking_number: "Y" },
        shop
      )
      assert.strictEqual(early.status, 422)
      assert.strictEqual(early.json.error.details[0].field, "tracking_number")
      yield* move(shop, placed.id, "shipped", { tracking_number: "YAL-1" })
      const changed = yield* move(shop, placed.id, "shipped", { tracking_number: "YAL-2" })
      assert.strictEqual(changed.tracking_number, "YAL-2")
      assert.deepInclude(changed.timeline.at(-1), { kind: "tracked", data: { tracking_number: "YAL-2" } })
      assert.deepStrictEqual(yield* move(shop, placed.id, "shipped", { tracking_number: "YAL-2" }), changed)
      const byAdmin = yield* move(yield* admin, changed.id, "delivered")
      assert.strictEqual(byAdmin.timeline.at(-1).actor, "admin")
    })
  )

  it.effect("refuses a body that makes no sense, naming the field", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const shop = yield* seller
      const placed = yield* order(one(yield* addProduct(shop)))
      for (const [field, body] of [
        ["status", {}],
        ["status", { status: "lost" }],
        ["status", { status: 5 }],
        ["note", { status: "confirmed", note: "a\0" }],
        ["note", { status: "confirmed", note: "x".repeat(501) }],
        ["tracking_number", { status: "shipped", tracking_number: "" }]
      ] as const) {
        const { status, json } = yield* server.patch(`${base}/${placed.id}/status`, body, shop)
        assert.strictEqual(status, 422)
        assert.strictEqual(json.error.details[0].field, field)
      }
    })
  )
})
