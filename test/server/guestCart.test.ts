/** Carts of people without an account, and what becomes of them at sign-in and at checkout. */
import { assert, layer } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { AddedCart } from "../../src/services/cart/model.ts"
import { insisting, type Send, TestServer } from "../support/server.ts"
import { absent, addProduct, buyer, count, customer, order, seller, stockOf } from "../support/shop.ts"

const base = "/api/v1/cart"
const empty = { items: [], count: 0, items_count: 0, total: 0 }
const decodeAdded = Schema.decodeUnknownEffect(AddedCart, { onExcessProperty: "error" })

const withToken = (token: string): Send => ({ headers: { "x-cart-token": token } })

const put = Effect.fnUntraced(function* (who: Send, product_id: string, quantity = 1) {
  const server = yield* TestServer
  return yield* server.post(`${base}/items`, { product_id, quantity }, who)
})

/** A guest's cart with this in it: its token. */
const begun = Effect.fnUntraced(function* (product: { readonly id: string }, quantity = 1) {
  const { status, json, text } = yield* put({}, product.id, quantity)
  assert.strictEqual(status, 201, text)
  return String(json.data.cart_token)
})

const read = Effect.fnUntraced(function* (who: Send) {
  const server = yield* TestServer
  const { status, json } = yield* server.get(base, who)
  assert.strictEqual(status, 200)
  return json.data
})

const quantities = ({ items }: { items: ReadonlyArray<{ product_id: string; quantity: number }> }) =>
  Object.fromEntries(items.map(({ product_id, quantity }) => [product_id, quantity]))

layer(TestServer.layer)("a guest's cart", (it) => {
  it.effect("begins with its first product, whose answer alone has the token", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const sql = yield* SqlClient.SqlClient
      const soap = yield* addProduct(yield* seller, { price: 450.5 })
      assert.deepStrictEqual(yield* read({}), empty)
      assert.deepStrictEqual((yield* server.get(`${base}/count`)).json.data, { count: 0, items_count: 0 })
      const first = yield* put({}, soap.id, 2)
      yield* decodeAdded(first.json.data)
      const { cart_token, ...cart } = first.json.data
      assert.match(cart_token, /^[\w-]{22}$/)
      const who = withToken(cart_token)
      assert.deepStrictEqual(yield* read(who), cart)
      assert.strictEqual(cart.total, 901)
      const more = yield* put(who, soap.id, 3)
      assert.notProperty(more.json.data, "cart_token")
      assert.strictEqual(more.json.data.count, 5)
      const line = cart.items[0].id
      assert.strictEqual((yield* server.patch(`${base}/items/${line}`, { quantity: 1 }, who)).json.data.count, 1)
      assert.deepStrictEqual((yield* server.send("DELETE", `${base}/items/${line}`, who)).json.data, empty)
      yield* put(who, soap.id)
      assert.deepStrictEqual((yield* server.send("DELETE", base, who)).json.data, empty)
      const kept = yield* sql`SELECT FROM carts WHERE token_hash = sha256(${cart_token}::text::bytea)`
      assert.lengthOf(kept, 1)
    })
  )

  it.effect("is nobody else's, and no token that somebody made up is taken", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const soap = yield* addProduct(yield* seller)
      const token = yield* begun(soap)
      const line = (yield* read(withToken(token))).items[0].id
      const strangers: ReadonlyArray<Send> = [
        {},
        withToken(""),
        withToken("x".repeat(22)),
        withToken(`${token}a`),
        withToken(yield* begun(soap)),
        yield* buyer
      ]
      for (const who of strangers) {
        const answers = [
          yield* server.patch(`${base}/items/${line}`, { quantity: 9 }, who),
          yield* server.send("DELETE", `${base}/items/${line}`, who)
        ]
        assert.deepStrictEqual(
          answers.map(({ status, json }) => [status, json.error.code]),
          [
            [404, "CART_ITEM_NOT_FOUND"],
            [404, "CART_ITEM_NOT_FOUND"]
          ]
        )
        assert.strictEqual((yield* server.send("DELETE", base, who)).status, 200)
      }
      assert.strictEqual((yield* read(withToken(token))).count, 1)
      const invented = "a".repeat(22)
      const added = yield* put(withToken(invented), soap.id)
      assert.strictEqual(added.status, 201)
      assert.notStrictEqual(added.json.data.cart_token, invented)
      assert.deepStrictEqual(yield* read(withToken(invented)), empty)
    })
  )

  it.effect("is not begun by what is refused", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const carts = Effect.map(sql`SELECT FROM carts`, ({ length }) => length)
      const before = yield* carts
      const scarce = yield* addProduct(yield* seller, { stock: 1 })
      assert.strictEqual((yield* put({}, absent)).status, 404)
      assert.strictEqual((yield* put({}, scarce.id, 2)).status, 409)
      assert.strictEqual(yield* carts, before)
    })
  )

  it.effect("begins once, however often the request is sent with one key", () =>
    Effect.gen(function* () {
      const soap = yield* addProduct(yield* seller)
      const keyed = { headers: { "idempotency-key": `cart-${soap.id}` } }
      const first = yield* put(keyed, soap.id)
      const again = yield* put(keyed, soap.id)
      assert.strictEqual(again.headers.get("idempotent-replayed"), "true")
      assert.deepStrictEqual(again.json, first.json)
      assert.strictEqual((yield* read(withToken(first.json.data.cart_token))).count, 1)
    })
  )

  it.effect("is one of a key's owners: the same request for another cart is another", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const soap = yield* addProduct(yield* seller)
      const carts = [yield* begun(soap), yield* begun(soap)]
      const body = { ...customer, from_cart: true }
      const placed = yield* Effect.forEach(carts, (token) =>
        server.post("/api/v1/orders", body, { headers: { "x-cart-token": token, "idempotency-key": "of-two-carts-1" } })
      )
      assert.deepStrictEqual(
        placed.map(({ status }) => status),
        [201, 201]
      )
      assert.notStrictEqual(placed[0]?.json.data.id, placed[1]?.json.data.id)
    })
  )

  it.effect("goes into the account's at sign-in, and is no more", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const shop = yield* seller
      const soap = yield* addProduct(shop)
      const oil = yield* addProduct(shop, { stock: 3 })
      const who = yield* buyer
      yield* put(who, soap.id, 2)
      const token = yield* begun(soap, 3)
      yield* put(withToken(token), oil.id, 1)
      const merge = server.send("POST", `${base}/merge`, { ...who, ...withToken(token) })
      const merged = yield* merge
      assert.strictEqual(merged.status, 200, merged.text)
      assert.deepStrictEqual(quantities(merged.json.data), { [soap.id]: 5, [oil.id]: 1 })
      assert.deepStrictEqual(yield* read(withToken(token)), empty)
      // An answer that was lost is asked for again.
      assert.deepStrictEqual((yield* merge).json, merged.json)
      const missing = yield* server.send("POST", `${base}/merge`, who)
      assert.strictEqual(missing.status, 422)
      assert.strictEqual(missing.json.error.details[0].field, "x-cart-token")
      const nobody = yield* server.send("POST", `${base}/merge`, withToken(token))
      assert.strictEqual(nobody.status, 401)
    })
  )

  it.effect("brings what it was shown last, and no line gets longer than a line may be", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const shop = yield* seller
      const soap = yield* addProduct(shop)
      const who = yield* buyer
      yield* put(who, soap.id, 60_000)
      yield* server.patch(`/api/v1/products/${soap.id}`, { name: "Savon d’Alep", price: 1100 }, shop)
      const token = yield* begun(soap, 60_000)
      yield* server.patch(`/api/v1/products/${soap.id}`, { price: 1200, status: "draft" }, shop)
      const { json, text } = yield* server.send("POST", `${base}/merge`, { ...who, ...withToken(token) })
      const shown = { quantity: 100_000, product_name: "Savon d’Alep", product_price: 1100 }
      assert.deepInclude(json.data.items[0], shown, text)
    })
  )

  it.effect("merges once into one account when several ask at once, and no line is lost", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const soap = yield* addProduct(yield* seller)
      const two = [yield* buyer, yield* buyer]
      for (let round = 0; round < 10; round++) {
        const token = yield* begun(soap)
        const asked = [...two, ...two, ...two].map((who) =>
          server.send("POST", `${base}/merge`, { ...who, ...withToken(token) })
        )
        const answers = yield* Effect.all(asked, { concurrency: "unbounded" })
        assert.isTrue(answers.every(({ status }) => status === 200))
      }
      const counts = yield* Effect.forEach(two, (who) => Effect.map(read(who), ({ count }) => count))
      assert.strictEqual(counts[0] + counts[1], 10)
    }).pipe(insisting)
  )

  it.effect("stays whole when the two together hold more than an order takes", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const sql = yield* SqlClient.SqlClient
      const who = yield* buyer
      const soap = yield* addProduct(yield* seller)
      const oil = yield* addProduct(yield* seller)
      yield* put(who, soap.id)
      yield* sql`INSERT INTO skus (id, product_id, options, archived)
        SELECT uuidv7(), ${soap.id}::uuid, '{}', true FROM generate_series(1, 99) n`
      yield* sql`INSERT INTO cart_items (id, cart_id, sku_id, quantity, product_name, price_when_added)
        SELECT uuidv7(), c.id, s.id, 1, 'Savon', 100 FROM carts c, skus s
        WHERE c.user_id = ${who.id} AND s.archived AND s.product_id = ${soap.id}`
      const token = yield* begun(oil)
      const refused = yield* server.send("POST", `${base}/merge`, { ...who, ...withToken(token) })
      assert.strictEqual(refused.status, 422)
      assert.deepStrictEqual(refused.json.error.details, [
        { field: "x-cart-token", message: "Together with the cart of the account it has 101 products; 100 fit" }
      ])
      assert.strictEqual((yield* read(withToken(token))).count, 1)
      assert.strictEqual((yield* read(who)).items_count, 100)
    })
  )

  it.effect("is ordered by who has its token, and is empty then", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const soap = yield* addProduct(yield* seller, { stock: 5 })
      const token = yield* begun(soap, 2)
      const place = (who: Send) => server.post("/api/v1/orders", { ...customer, from_cart: true }, who)
      const without = yield* place({})
      assert.deepStrictEqual(without.json.error.details, [
        { field: "from_cart", message: "Send the cart's X-Cart-Token, sign in, or send items" }
      ])
      const placed = yield* place(withToken(token))
      assert.strictEqual(placed.status, 201, placed.text)
      assert.isString(placed.json.data.tracking_token)
      assert.strictEqual(placed.json.data.items[0].quantity, 2)
      assert.strictEqual(yield* stockOf(soap), 3)
      assert.deepStrictEqual(yield* read(withToken(token)), empty)
      const again = yield* place(withToken(token))
      assert.deepStrictEqual(again.json.error.details, [{ field: "from_cart", message: "The cart is empty" }])
      yield* put(withToken(token), soap.id)
      assert.strictEqual((yield* read(withToken(token))).count, 1)
    })
  )

  it.effect("of the account is ordered by who is signed in, whatever token comes along", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const soap = yield* addProduct(yield* seller)
      const token = yield* begun(soap, 7)
      const who = yield* buyer
      yield* put(who, soap.id, 2)
      const both = { ...who, ...withToken(token) }
      assert.strictEqual((yield* read(both)).count, 2)
      const placed = yield* server.post("/api/v1/orders", { ...customer, from_cart: true }, both)
      assert.strictEqual(placed.json.data.items[0].quantity, 2)
      assert.strictEqual((yield* read(withToken(token))).count, 7)
    })
  )
})

layer(TestServer.layer)("an expected total", (it) => {
  it.effect("that is right lets the order pass, of a cart and of items", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const shop = yield* seller
      const soap = yield* addProduct(shop, { price: 0.1 })
      const oil = yield* addProduct(yield* seller, { price: 1200.2 })
      const token = yield* begun(soap, 3)
      yield* put(withToken(token), oil.id)
      const { total } = yield* read(withToken(token))
      const body = { ...customer, from_cart: true, expected_total: total }
      assert.strictEqual((yield* server.post("/api/v1/orders", body, withToken(token))).status, 201)
      // As a client adds floats up.
      yield* order([{ product_id: soap.id, quantity: 3 }], {}, { expected_total: 0.1 + 0.2 })
    })
  )

  it.effect("that is not is a conflict that tells every line as it is now, and nothing is ordered", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const shop = yield* seller
      const soap = yield* addProduct(shop, { price: 1000, stock: 9 })
      const oil = yield* addProduct(shop, { price: 500 })
      const token = yield* begun(soap, 2)
      yield* put(withToken(token), oil.id)
      const { total: expected_total } = yield* read(withToken(token))
      yield* server.patch(`/api/v1/products/${soap.id}`, { price: 1100.5 }, shop)
      const { status, json } = yield* server.post(
        "/api/v1/orders",
        { ...customer, from_cart: true, expected_total },
        withToken(token)
      )
      assert.strictEqual(status, 409)
      assert.strictEqual(json.error.code, "TOTAL_CHANGED")
      const line = (product: typeof soap, rest: object) => ({
        product_id: product.id,
        sku_id: product.variants[0].id,
        product_name: "Savon noir",
        options: {},
        ...rest
      })
      assert.deepStrictEqual(json.error.details, [
        {
          expected_total: 2500,
          total: 2701,
          items: [
            line(soap, { quantity: 2, price: 1100.5, subtotal: 2201, price_when_added: 1000 }),
            line(oil, { quantity: 1, price: 500, subtotal: 500, price_when_added: 500 })
          ]
        }
      ])
      assert.strictEqual((yield* read(withToken(token))).count, 3)
      assert.strictEqual(yield* stockOf(soap), 9)
      const items = [{ product_id: oil.id, quantity: 2 }]
      const direct = yield* server.post("/api/v1/orders", { ...customer, items, expected_total: 999.99 })
      assert.deepStrictEqual(direct.json.error.details, [
        { expected_total: 999.99, total: 1000, items: [line(oil, { quantity: 2, price: 500, subtotal: 1000 })] }
      ])
      // What cannot be had at all is told first.
      yield* count(shop, soap, 1)
      const short = yield* server.post(
        "/api/v1/orders",
        { ...customer, from_cart: true, expected_total },
        withToken(token)
      )
      assert.strictEqual(short.json.error.code, "OUT_OF_STOCK")
    })
  )

  it.effect("is an amount", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const soap = yield* addProduct(yield* seller)
      const items = [{ product_id: soap.id, quantity: 1 }]
      for (const expected_total of [-1, 1e300, "1000", null, {}, 1000.005]) {
        const { status, json } = yield* server.post("/api/v1/orders", { ...customer, items, expected_total })
        assert.strictEqual(status, 422, String(expected_total))
        assert.strictEqual(json.error.details[0].field, "expected_total")
      }
    })
  )
})
