import { assert, layer } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { Cart } from "../../src/services/cart/model.ts"
import { insisting, type Person, TestServer } from "../support/server.ts"
import { absent, addProduct, buyer, count, seller } from "../support/shop.ts"

const base = "/api/v1/cart"
const decodeCart = Schema.decodeUnknownEffect(Cart, { onExcessProperty: "error" })

const put = Effect.fnUntraced(function* (who: Person, product_id: string, quantity?: number) {
  const server = yield* TestServer
  return yield* server.post(`${base}/items`, { product_id, ...(quantity === undefined ? {} : { quantity }) }, who)
})

layer(TestServer.layer)("a cart", (it) => {
  it.effect("that was never used is empty", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const who = yield* buyer
      const cart = yield* server.get(base, who)
      assert.strictEqual(cart.status, 200)
      assert.deepStrictEqual(cart.json, { data: { items: [], count: 0, items_count: 0, total: 0 } })
      assert.deepStrictEqual((yield* server.get(`${base}/count`, who)).json, { data: { count: 0, items_count: 0 } })
      assert.strictEqual((yield* server.send("DELETE", base, who)).status, 200)
    })
  )

  it.effect("shows its lines in the shape of the contract, and their sums", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const who = yield* buyer
      const shop = yield* seller
      const soap = yield* addProduct(shop, { name: "Savon", name_ar: "صابون", price: 450.5, stock: 12 })
      const oil = yield* addProduct(yield* seller, { name: "Huile", price: 1200 })
      yield* put(who, soap.id, 3)
      const added = yield* put(who, oil.id)
      assert.strictEqual(added.status, 201)
      const { json } = yield* server.get(base, who)
      assert.deepStrictEqual(json, added.json)
      yield* decodeCart(json.data)
      const [first] = json.data.items
      assert.deepStrictEqual(first, {
        id: first.id,
        product_id: soap.id,
        sku_id: soap.variants[0].id,
        options: {},
        slug: soap.slug,
        product_name: "Savon",
        product_name_ar: "صابون",
        product_image: null,
        product_price: 450.5,
        price_when_added: 450.5,
        price_changed: false,
        quantity: 3,
        subtotal: 1351.5,
        stock: 12,
        in_stock: true,
        seller: { id: shop.id, full_name: soap.seller.full_name }
      })
      assert.deepInclude(json.data, { count: 4, items_count: 2, total: 2551.5 })
      assert.deepStrictEqual((yield* server.get(`${base}/count`, who)).json.data, { count: 4, items_count: 2 })
    })
  )

  it.effect("holds a product in one line: the same again adds to it", () =>
    Effect.gen(function* () {
      const who = yield* buyer
      const soap = yield* addProduct(yield* seller)
      yield* put(who, soap.id, 2)
      const { json } = yield* put(who, soap.id.toUpperCase(), 3)
      assert.lengthOf(json.data.items, 1)
      assert.strictEqual(json.data.items[0].quantity, 5)
    })
  )

  it.effect("knows a product as it was when it was last added", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const [who, shop] = [yield* buyer, yield* seller]
      const soap = yield* addProduct(shop, { name: "Savon", price: 1000 })
      yield* put(who, soap.id)
      yield* server.patch(`/api/v1/products/${soap.id}`, { name: "Savon d’Alep", price: 1100 }, shop)
      yield* put(who, soap.id)
      yield* server.patch(`/api/v1/products/${soap.id}`, { status: "draft" }, shop)
      const { items } = (yield* server.get(base, who)).json.data
      assert.deepInclude(items[0], { product_name: "Savon d’Alep", price_when_added: 1100, price_changed: false })
    })
  )

  it.effect("says of a line that it cannot be had in so few, since the least became more", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const [who, shop] = [yield* buyer, yield* seller]
      const soap = yield* addProduct(shop, { stock: 50 })
      const before = yield* put(who, soap.id, 2)
      assert.deepInclude(before.json.data.items[0], { in_stock: true })
      yield* server.patch(`/api/v1/products/${soap.id}`, { min_order_quantity: 10 }, shop)
      const { items } = (yield* server.get(base, who)).json.data
      assert.deepInclude(items[0], { in_stock: false })
    })
  )

  it.effect("is one, and loses nothing, when it is first used by many requests at once", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const sql = yield* SqlClient.SqlClient
      const who = yield* buyer
      const soap = yield* addProduct(yield* seller)
      const oil = yield* addProduct(yield* seller)
      const answers = yield* Effect.all(
        Array.from({ length: 30 }, (_, i) => put(who, i % 2 === 0 ? soap.id : oil.id, 2)),
        { concurrency: "unbounded" }
      )
      assert.isTrue(answers.every(({ status }) => status === 201))
      const { json } = yield* server.get(base, who)
      assert.deepStrictEqual(
        json.data.items.map(({ quantity }: { quantity: number }) => quantity),
        [30, 30]
      )
      assert.lengthOf(yield* sql`SELECT FROM carts WHERE user_id = ${who.id}`, 1)
    }).pipe(insisting)
  )

  it.effect("says when a price moved or a line cannot be had any more", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const who = yield* buyer
      const shop = yield* seller
      const dearer = yield* addProduct(shop, { price: 1000 })
      const scarcer = yield* addProduct(shop, { price: 1000, stock: 5 })
      const hidden = yield* addProduct(shop, { price: 1000 })
      for (const { id } of [dearer, scarcer, hidden]) yield* put(who, id, 3)
      yield* server.patch(`/api/v1/products/${dearer.id}`, { price: 1100 }, shop)
      yield* count(shop, scarcer, 2)
      yield* server.patch(`/api/v1/products/${hidden.id}`, { status: "draft" }, shop)
      const { items, total } = (yield* server.get(base, who)).json.data
      assert.deepInclude(items[0], {
        product_price: 1100,
        price_when_added: 1000,
        price_changed: true,
        in_stock: true,
        subtotal: 3300
      })
      assert.deepInclude(items[1], { price_changed: false, stock: 2, in_stock: false })
      assert.deepInclude(items[2], { in_stock: false })
      assert.strictEqual(total, 9300)
    })
  )

  it.effect("changes in quantity, loses a line, and is emptied", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const who = yield* buyer
      const shop = yield* seller
      const soap = yield* addProduct(shop)
      const oil = yield* addProduct(shop)
      yield* put(who, soap.id)
      const [first, second] = (yield* put(who, oil.id)).json.data.items
      const changed = yield* server.patch(`${base}/items/${first.id}`, { quantity: 7 }, who)
      assert.strictEqual(changed.status, 200)
      assert.strictEqual(changed.json.data.items[0].quantity, 7)
      const removed = yield* server.send("DELETE", `${base}/items/${second.id}`, who)
      assert.strictEqual(removed.status, 200)
      assert.strictEqual(removed.json.data.items_count, 1)
      assert.strictEqual((yield* server.send("DELETE", `${base}/items/${second.id}`, who)).status, 404)
      const cleared = yield* server.send("DELETE", base, who)
      assert.deepStrictEqual(cleared.json.data, { items: [], count: 0, items_count: 0, total: 0 })
    })
  )

  it.effect("of somebody else does not exist", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const who = yield* buyer
      const soap = yield* addProduct(yield* seller)
      const line = (yield* put(who, soap.id, 2)).json.data.items[0].id
      const stranger = yield* buyer
      for (const id of [line, absent, "x", "%00"]) {
        const patched = yield* server.patch(`${base}/items/${id}`, { quantity: 9 }, stranger)
        assert.strictEqual(patched.status, 404)
        assert.strictEqual(patched.json.error.code, "CART_ITEM_NOT_FOUND")
        assert.strictEqual((yield* server.send("DELETE", `${base}/items/${id}`, stranger)).status, 404)
      }
      assert.strictEqual((yield* server.get(base, who)).json.data.items[0].quantity, 2)
      const sql = yield* SqlClient.SqlClient
      assert.deepStrictEqual(yield* sql`SELECT id FROM carts WHERE user_id = ${stranger.id}`, [])
    })
  )

  it.effect("refuses what is not on sale, is short, or is sold in larger lots", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const who = yield* buyer
      const shop = yield* seller
      const draft = yield* addProduct(shop, { status: "draft" })
      for (const product_id of [draft.id, absent]) {
        const { status, json } = yield* put(who, product_id)
        assert.strictEqual(status, 404)
        assert.strictEqual(json.error.code, "PRODUCT_NOT_FOUND")
        assert.deepStrictEqual(json.error.details, [{ product_id }])
      }
      const scarce = yield* addProduct(shop, { stock: 3 })
      yield* put(who, scarce.id, 2)
      const short = yield* put(who, scarce.id, 2)
      assert.strictEqual(short.status, 409)
      assert.strictEqual(short.json.error.code, "OUT_OF_STOCK")
      assert.deepStrictEqual(short.json.error.details, [
        {
          product_id: scarce.id,
          sku_id: scarce.variants[0].id,
          product_name: "Savon noir",
          options: {},
          available: 3,
          requested: 4
        }
      ])
      const line = (yield* server.get(base, who)).json.data.items[0].id
      assert.strictEqual((yield* server.patch(`${base}/items/${line}`, { quantity: 4 }, who)).status, 409)
      const lot = yield* addProduct(shop, { min_order_quantity: 6 })
      const few = yield* put(who, lot.id, 5)
      assert.strictEqual(few.status, 422)
      assert.strictEqual(few.json.error.details[0].field, "quantity")
      const most = yield* addProduct(shop)
      assert.strictEqual((yield* put(who, most.id, 100_000)).status, 201)
      const tooMany = yield* put(who, most.id, 1)
      assert.deepStrictEqual(tooMany.json.error.details, [
        { field: "quantity", message: "A line holds at most 100,000" }
      ])
    })
  )

  it.effect("holds at most a hundred products, as an order does", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const who = yield* buyer
      const soap = yield* addProduct(yield* seller)
      const last = yield* addProduct(yield* seller)
      yield* put(who, soap.id)
      yield* sql`INSERT INTO skus (id, product_id, options, archived)
        SELECT uuidv7(), ${soap.id}::uuid, '{}', true FROM generate_series(1, 99) n`
      yield* sql`INSERT INTO cart_items (id, cart_id, sku_id, quantity, product_name, price_when_added)
        SELECT uuidv7(), c.id, s.id, 1, 'Savon', 100 FROM carts c, skus s WHERE c.user_id = ${who.id} AND s.archived`
      const { status, json } = yield* put(who, last.id)
      assert.strictEqual(status, 422)
      assert.strictEqual(json.error.details[0].field, "product_id")
      assert.strictEqual((yield* put(who, soap.id)).status, 201)
    })
  )

  it.effect("names the field that makes no sense", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const who = yield* buyer
      const soap = yield* addProduct(yield* seller)
      const cases: ReadonlyArray<readonly [string, unknown]> = [
        ["product_id", {}],
        ["product_id", { product_id: "soap" }],
        ["product_id", { product_id: "a\0b" }],
        ["product_id", { product_id: 5 }],
        ["quantity", { product_id: soap.id, quantity: 0 }],
        ["quantity", { product_id: soap.id, quantity: -1 }],
        ["quantity", { product_id: soap.id, quantity: 1.5 }],
        ["quantity", { product_id: soap.id, quantity: 1e30 }],
        ["quantity", { product_id: soap.id, quantity: "2" }],
        ["quantity", { product_id: soap.id, quantity: null }],
        ["body", []]
      ]
      for (const [field, body] of cases) {
        const { status, json, text } = yield* server.post(`${base}/items`, body, who)
        assert.strictEqual(status, 422, JSON.stringify(body))
        assert.strictEqual(json.error.details[0].field, field, text)
      }
      const line = (yield* put(who, soap.id)).json.data.items[0].id
      for (const quantity of [0, -1, 1.5, 1e30, "2", undefined]) {
        const { json } = yield* server.patch(`${base}/items/${line}`, { quantity }, who)
        assert.strictEqual(json.error.details[0].field, "quantity")
      }
    })
  )

  it.effect("shows of what is public no more what it was when it was added", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const server = yield* TestServer
      const who = yield* buyer
      const shop = yield* seller
      const soap = yield* addProduct(shop, { name: "Savon", name_ar: "صابون", price: 1000 })
      yield* put(who, soap.id)
      yield* sql`UPDATE products SET image_url = 'https://zst.dz/a.webp' WHERE id = ${soap.id}`
      assert.include((yield* server.get(base, who)).text, "https://zst.dz/a.webp")
      yield* server.patch(`/api/v1/products/${soap.id}`, { status: "draft", name: "Secret", price: 777 }, shop)
      const { items, total } = (yield* server.get(base, who)).json.data
      assert.deepInclude(items[0], {
        product_image: null,
        product_name: "Savon",
        product_name_ar: null,
        product_price: 1000,
        stock: 0,
        in_stock: false
      })
      assert.strictEqual(total, 1000)
    })
  )
})
