import { assert, describe, it, layer } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { type HttpApiEndpoint, OpenApi } from "effect/http-api"
import { SqlClient } from "effect/sql"
import { Api } from "../../src/server/Api.ts"
import { Idempotent } from "../../src/server/middleware/Idempotent.ts"
import { IdempotencyKeys } from "../../src/services/idempotency/IdempotencyKeys.ts"
import { freshDatabase } from "../support/database.ts"
import { eventually } from "../support/eventually.ts"
import { type Answer, type Send, TestServer } from "../support/server.ts"
import { addProduct, buyer, customer, order, count as recounted, seller, stockOf } from "../support/shop.ts"

const orders = "/api/v1/orders"
const cartItems = "/api/v1/cart/items"
const products = "/api/v1/products"

let count = 0
const newKey = () => `key-${count++}`

const withKey = (key: string, options: Send = {}): Send => ({
  ...options,
  headers: { ...options.headers, "Idempotency-Key": key }
})

const one = (product: { readonly id: string }, quantity = 1) => [{ product_id: product.id, quantity }]

const assertReplayed = (first: Answer, again: Answer) => {
  assert.strictEqual(again.text, first.text)
  assert.strictEqual(again.status, first.status)
  assert.strictEqual(again.headers.get("content-type"), first.headers.get("content-type"))
  assert.isNull(first.headers.get("idempotent-replayed"))
  assert.strictEqual(again.headers.get("idempotent-replayed"), "true")
}

/** Sends the same request twice, and once more with another body. */
const twice = Effect.fnUntraced(function* (path: string, body: object, options: Send = {}) {
  const server = yield* TestServer
  const keyed = withKey(newKey(), options)
  const first = yield* server.post(path, body, keyed)
  assert.isBelow(first.status, 300, first.text)
  assertReplayed(first, yield* server.post(path, body, keyed))
  const other = yield* server.post(path, { ...body, notes: "another", reason: "another" }, keyed)
  assert.strictEqual(other.status, 422)
  assert.strictEqual(other.json.error.code, "IDEMPOTENCY_KEY_REUSED")
  assert.strictEqual(other.json.error.details[0].field, "Idempotency-Key")
  return first
})

const kept = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{ count: number }>`SELECT count(*)::int AS count FROM idempotency_keys`
  return row?.count
})

layer(TestServer.over(freshDatabase, { TRUSTED_PROXIES: "127.0.0.1" }))("a guest's Idempotency-Key", (it) => {
  it.effect("is that of who orders, from any network, and else that of an address", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const soap = yield* addProduct(yield* seller, { stock: 10 })
      const from = (address: string) => ({ headers: { "x-forwarded-for": address } })
      const [wifi, mobile] = [from("105.101.1.1"), from("154.121.2.2")]
      const place = (who: Send, body: object) =>
        server.post(orders, { ...customer, ...body, items: one(soap) }, withKey("one-key", who))
      const first = yield* place(wifi, {})
      assertReplayed(first, yield* place(mobile, {}))
      const other = yield* place(wifi, { customer_phone: "0770112233" })
      assert.notStrictEqual(other.json.data.tracking_token, first.json.data.tracking_token)
      const begin = (who: Send) => server.post(cartItems, { product_id: soap.id, quantity: 1 }, withKey("one-key", who))
      const cart = yield* begin(wifi)
      assertReplayed(cart, yield* begin(wifi))
      assert.notStrictEqual((yield* begin(mobile)).json.data.cart_token, cart.json.data.cart_token)
    })
  )
})

layer(TestServer.layer)("what is kept of an answer", (it) => {
  it.effect("is small, however much a small request is answered", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const sql = yield* SqlClient.SqlClient
      const shop = yield* seller
      const who = yield* buyer
      for (let i = 0; i < 20; i++) {
        const { id } = yield* addProduct(shop, { name: `${i} ${"عطر العود الفاخر ".repeat(10)}` })
        yield* server.post(cartItems, { product_id: id, quantity: 1 }, who)
      }
      const soap = yield* addProduct(shop)
      const key = withKey(newKey(), who)
      const first = yield* server.post(cartItems, { product_id: soap.id, quantity: 1 }, key)
      assertReplayed(first, yield* server.post(cartItems, { product_id: soap.id, quantity: 1 }, key))
      const [row] = yield* sql<{ bytes: number }>`
        SELECT octet_length(body) AS bytes FROM idempotency_keys ORDER BY created_at DESC LIMIT 1`
      assert.isAbove(Buffer.byteLength(first.text), 15_000)
      assert.isBelow(row?.bytes ?? Number.NaN, Buffer.byteLength(first.text) / 4)
    })
  )
})

layer(TestServer.layer)("a request with an Idempotency-Key, sent again,", (it) => {
  it.effect("adds a product once, which is on the public list at once", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const shop = yield* seller
      const list = `${products}?seller_id=${shop.id}`
      for (let i = 0; i < 3; i++) assert.lengthOf((yield* server.get(list)).json.data, 0)
      const first = yield* twice(products, { name: "Savon", price: 100 }, shop)
      assert.strictEqual(first.status, 201)
      const { json } = yield* server.get(list)
      assert.deepStrictEqual(
        json.data.map(({ id }: { id: string }) => id),
        [first.json.data.id]
      )
    })
  )

  it.effect("adds to the cart once", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const who = yield* buyer
      const soap = yield* addProduct(yield* seller)
      yield* twice(cartItems, { product_id: soap.id, quantity: 2 }, who)
      assert.deepStrictEqual((yield* server.get("/api/v1/cart/count", who)).json.data, { count: 2, items_count: 1 })
    })
  )

  it.effect("places a guest's order once, and tells its token again", () =>
    Effect.gen(function* () {
      const soap = yield* addProduct(yield* seller, { stock: 5 })
      const { json } = yield* twice(orders, { ...customer, items: one(soap, 2) })
      assert.match(json.data.tracking_token, /^[\w-]{22}$/)
      assert.strictEqual(yield* stockOf(soap), 3)
    })
  )

  it.effect("places a user's order once, of items or of the cart", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const who = yield* buyer
      const soap = yield* addProduct(yield* seller, { stock: 9 })
      yield* twice(orders, { ...customer, items: one(soap, 2) }, who)
      yield* server.post(cartItems, { product_id: soap.id, quantity: 3 }, who)
      yield* twice(orders, { ...customer, from_cart: true }, who)
      assert.strictEqual(yield* stockOf(soap), 4)
      assert.strictEqual((yield* server.get(orders, who)).json.meta.total, 2)
    })
  )

  it.effect("cancels an order once, of a user or a guest, with a reason or without a body", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const who = yield* buyer
      const soap = yield* addProduct(yield* seller, { stock: 5 })
      const placed = yield* order(one(soap), who)
      const cancelled = yield* twice(`${orders}/${placed.id}/cancel`, { reason: "Too late" }, who)
      assert.lengthOf(cancelled.json.data.timeline, 2)
      const guests = yield* order(one(soap))
      const headers = { "x-order-token": guests.tracking_token }
      const keyed = withKey(newKey(), { headers })
      const first = yield* server.send("POST", `${orders}/${guests.id}/cancel`, keyed)
      assert.strictEqual(first.status, 200, first.text)
      assertReplayed(first, yield* server.send("POST", `${orders}/${guests.id}/cancel`, keyed))
      assert.strictEqual(yield* stockOf(soap), 5)
    })
  )
})

layer(TestServer.layer)("an Idempotency-Key", (it) => {
  it.effect("is a caller's own: another user, and a guest, may have the same", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const soap = yield* addProduct(yield* seller, { stock: 10 })
      const key = newKey()
      const body = { ...customer, items: one(soap) }
      const callers: ReadonlyArray<Send> = [yield* buyer, yield* buyer, {}, { headers: { "x-order-token": "mine" } }]
      const firsts = yield* Effect.forEach(callers, (caller) => server.post(orders, body, withKey(key, caller)))
      assert.strictEqual(new Set(firsts.map(({ json }) => json.data.order_number)).size, callers.length)
      const agains = yield* Effect.forEach(callers, (caller) => server.post(orders, body, withKey(key, caller)))
      for (const [index, again] of agains.entries()) assert.strictEqual(again.text, firsts[index]?.text)
      assert.strictEqual(yield* stockOf(soap), 6)
    })
  )

  it.effect("is of one route, path included: elsewhere the same is another", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const who = yield* buyer
      const soap = yield* addProduct(yield* seller, { stock: 10 })
      const [one_, other] = [yield* order(one(soap), who), yield* order(one(soap), who)]
      const keyed = withKey(newKey(), who)
      const add = yield* server.post(cartItems, { product_id: soap.id }, keyed)
      const cancels = yield* Effect.forEach([one_, other], ({ id }) =>
        server.post(`${orders}/${id}/cancel`, { reason: "Too late" }, keyed)
      )
      assert.deepStrictEqual(
        [add, ...cancels].map(({ status, headers }) => [status, headers.get("idempotent-replayed")]),
        [
          [201, null],
          [200, null],
          [200, null]
        ]
      )
      assert.strictEqual(yield* stockOf(soap), 10)
    })
  )

  it.effect("that is malformed is refused by name, before anything is done", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const soap = yield* addProduct(yield* seller, { stock: 5 })
      const body = { ...customer, items: one(soap) }
      for (const key of ["", "x".repeat(256), "two words", "clé", "a, b"]) {
        const { status, json } = yield* server.post(orders, body, withKey(key))
        assert.strictEqual(status, 400, key)
        assert.strictEqual(json.error.code, "IDEMPOTENCY_KEY_INVALID")
        assert.strictEqual(json.error.details[0].field, "Idempotency-Key")
      }
      assert.strictEqual(yield* stockOf(soap), 5)
      for (const key of ["x".repeat(255), '"5e1a3c0e"', "!~"]) {
        assert.strictEqual((yield* server.post(orders, body, withKey(key))).status, 201)
      }
    })
  )

  it.effect("of who is not let in is not looked at", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      assert.strictEqual((yield* server.post("/api/v1/products", {}, withKey(""))).status, 401)
    })
  )

  it.effect("that was sent with what failed is free: the next is judged anew", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const shop = yield* seller
      const soap = yield* addProduct(shop, { stock: 0 })
      const before = yield* kept
      const keyed = withKey(newKey())
      const body = { ...customer, items: one(soap) }
      const send = (raw: string, headers: Record<string, string> = {}) =>
        server.send("POST", orders, { ...keyed, raw, headers: { ...keyed.headers, ...headers } })
      const statuses = [
        (yield* send("{")).status,
        (yield* send(JSON.stringify({ customer_name: "" }))).status,
        (yield* send("--x--", { "content-type": "multipart/form-data; boundary=x" })).status,
        (yield* send(JSON.stringify(body))).status
      ]
      assert.deepStrictEqual(statuses, [400, 422, 415, 409])
      assert.strictEqual(yield* kept, before)
      yield* recounted(shop, soap, 1)
      const first = yield* server.post(orders, body, keyed)
      assert.strictEqual(first.status, 201)
      assertReplayed(first, yield* server.post(orders, body, keyed))
      assert.strictEqual(yield* stockOf(soap), 0)
    })
  )

  it.effect("is forgotten after 24 hours", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const sql = yield* SqlClient.SqlClient
      const soap = yield* addProduct(yield* seller, { stock: 5 })
      const keyed = withKey(newKey())
      const body = { ...customer, items: one(soap) }
      const first = yield* server.post(orders, body, keyed)
      yield* sql`UPDATE idempotency_keys SET created_at = now() - interval '23 hours 59 minutes'`
      assertReplayed(first, yield* server.post(orders, body, keyed))
      yield* sql`UPDATE idempotency_keys SET created_at = now() - interval '24 hours'`
      const second = yield* server.post(orders, { ...body, notes: "Another day" }, keyed)
      assert.strictEqual(second.status, 201)
      assert.notStrictEqual(second.json.data.id, first.json.data.id)
      assertReplayed(second, yield* server.post(orders, { ...body, notes: "Another day" }, keyed))
      assert.strictEqual(yield* stockOf(soap), 3)
    })
  )

  it.effect("keeps nothing that can be read without it", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const soap = yield* addProduct(yield* seller)
      const { json } = yield* twice(orders, { ...customer, items: one(soap) })
      const rows = yield* sql<{ text: string }>`
        SELECT encode(key || request || body, 'escape') || headers::text AS text FROM idempotency_keys`
      assert.isNotEmpty(rows)
      for (const secret of [json.data.tracking_token, json.data.order_number, "+213555", "key-"]) {
        assert.isFalse(rows.some(({ text }) => text.includes(secret)))
      }
    })
  )

  it.effect("is let in and out by CORS", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const origin = "https://shop.example"
      const preflight = yield* server.send("OPTIONS", orders, {
        headers: {
          origin,
          "access-control-request-method": "POST",
          "access-control-request-headers": "idempotency-key"
        }
      })
      assert.include(preflight.headers.get("access-control-allow-headers"), "idempotency-key")
      const { headers } = yield* server.post(orders, {}, { headers: { origin } })
      assert.include(headers.get("access-control-expose-headers"), "Idempotent-Replayed")
    })
  )

  it.effect("that is not sent costs and keeps nothing", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const soap = yield* addProduct(yield* seller)
      const before = yield* kept
      const body = { ...customer, items: one(soap) }
      const [first, second] = [yield* server.post(orders, body), yield* server.post(orders, body)]
      assert.notStrictEqual(first.json.data.id, second.json.data.id)
      assert.strictEqual(yield* kept, before)
    })
  )
})

layer(TestServer.layer)("a keyed request, in its transaction,", (it) => {
  it.effect("makes the same request wait for nothing: it is told to come back", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const sql = yield* SqlClient.SqlClient
      const soap = yield* addProduct(yield* seller, { stock: 5 })
      const keyed = withKey(newKey())
      const body = { ...customer, items: one(soap) }
      const first = yield* Effect.gen(function* () {
        yield* sql`SELECT FROM products WHERE id = ${soap.id} FOR UPDATE`
        const first = yield* Effect.forkChild(server.post(orders, body, keyed))
        const waiting = sql`
          SELECT FROM pg_locks WHERE NOT granted AND pid IN (
            SELECT l.pid FROM pg_locks l JOIN pg_database d ON d.oid = l.database WHERE d.datname = current_database())`
        yield* eventually(waiting, (rows) => rows.length > 0)
        for (const sent of [body, { ...body, notes: "Another" }]) {
          const second = yield* server.post(orders, sent, keyed)
          assert.strictEqual(second.status, 409)
          assert.strictEqual(second.json.error.code, "REQUEST_IN_PROGRESS")
          assert.strictEqual(second.headers.get("retry-after"), "1")
        }
        return first
      }).pipe(sql.withTransaction)
      assertReplayed(yield* Fiber.join(first), yield* server.post(orders, body, keyed))
      assert.strictEqual(yield* stockOf(soap), 4)
    })
  )

  it.effect("tries again what PostgreSQL made give way", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const sql = yield* SqlClient.SqlClient
      const who = yield* buyer
      const soap = yield* addProduct(yield* seller, { stock: 5 })
      yield* sql`CREATE SEQUENCE tries`
      yield* sql`CREATE FUNCTION taken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF nextval('tries') % 2 = 1 THEN RAISE unique_violation; END IF;
        RETURN NEW;
      END $$`
      yield* sql`CREATE TRIGGER taken BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION taken()`
      yield* twice(orders, { ...customer, items: one(soap) })
      yield* server.post(cartItems, { product_id: soap.id }, who)
      yield* twice(orders, { ...customer, from_cart: true }, who)
      yield* order(one(soap))
      yield* sql`DROP TRIGGER taken ON orders`
      assert.strictEqual(yield* stockOf(soap), 2)
      const [tries] = yield* sql<{ last_value: number }>`SELECT last_value FROM tries`
      assert.strictEqual(tries?.last_value, 6)
    })
  )

  it.effect("that cannot be committed answers no success, and has no effect", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const sql = yield* SqlClient.SqlClient
      const soap = yield* addProduct(yield* seller, { stock: 5 })
      const keyed = withKey(newKey())
      const body = { ...customer, items: one(soap) }
      yield* sql`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        RAISE serialization_failure;
      END $$`
      yield* sql`CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON orders DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION refuse()`
      const failed = yield* server.post(orders, body, keyed)
      assert.strictEqual(failed.status, 500)
      assert.strictEqual(yield* stockOf(soap), 5)
      yield* sql`DROP TRIGGER refuse ON orders`
      const first = yield* server.post(orders, body, keyed)
      assert.strictEqual(first.status, 201)
      assertReplayed(first, yield* server.post(orders, body, keyed))
      assert.strictEqual(yield* stockOf(soap), 4)
    })
  )
})

layer(TestServer.layer)("pruning", (it) => {
  it.effect("deletes what is past its 24 hours and nothing else, also in two processes at once", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const sql = yield* SqlClient.SqlClient
      const keys = yield* IdempotencyKeys
      const soap = yield* addProduct(yield* seller)
      const keyed = withKey(newKey())
      const body = { ...customer, items: one(soap) }
      const first = yield* server.post(orders, body, keyed)
      yield* sql`
        INSERT INTO idempotency_keys (key, request, status, headers, body, created_at)
        SELECT sha256(n::text::bytea), '', 201, '{}', '', now() - interval '24 hours'
        FROM generate_series(1, 4321) AS n`
      const pruned = yield* Effect.all([keys.prune, keys.prune], { concurrency: "unbounded" })
      assert.strictEqual(pruned[0] + pruned[1] + (yield* keys.prune), 4321)
      assert.strictEqual(yield* kept, 1)
      assertReplayed(first, yield* server.post(orders, body, keyed))
    })
  )
})

describe("the contract", () => {
  /** A POST that creates nothing, that is told apart by another id, or whose body is a file: `METHOD /path`. */
  const exceptions: ReadonlySet<string> = new Set([
    "POST /api/v1/users/me/restore",
    "POST /api/v1/cart/merge",
    "POST /api/v1/webhooks/clerk",
    "POST /api/v1/products/:id/images",
    "POST /api/v1/media",
    "POST /api/v1/media/uploads/:id/complete"
  ])

  const posts = Object.values(Api.groups)
    .flatMap((group) => Object.values(group.endpoints) as ReadonlyArray<HttpApiEndpoint.Top>)
    .filter(({ method }) => method === "POST")

  it("honours Idempotency-Key at every POST that is no exception", () => {
    const without = posts.filter(({ middlewares }) => !new Set<unknown>(middlewares).has(Idempotent))
    assert.deepStrictEqual(new Set(without.map(({ method, path }) => `${method} ${path}`)), exceptions)
  })

  it("shows the header, what comes back with it, and its failures", () => {
    const document = JSON.parse(JSON.stringify(OpenApi.fromApi(Api)))
    const ref = "#/components/parameters/IdempotencyKey"
    for (const { path, middlewares } of posts) {
      if (!new Set<unknown>(middlewares).has(Idempotent)) continue
      const { parameters, responses } = document.paths[path.replace(/:(\w+)/g, "{$1}")].post
      assert.deepInclude(parameters, { $ref: ref })
      assert.include(responses["400"].description, "IDEMPOTENCY_KEY_INVALID")
      assert.include(responses["409"].description, "REQUEST_IN_PROGRESS")
      assert.include(responses["422"].description, "IDEMPOTENCY_KEY_REUSED")
      const success = Object.keys(responses).find((status) => status.startsWith("2")) ?? ""
      assert.property(responses[success].headers, "Idempotent-Replayed")
    }
    assert.strictEqual(document.components.parameters.IdempotencyKey.name, "Idempotency-Key")
  })
})
