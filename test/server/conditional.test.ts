import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { HotPages } from "../../src/server/http/HotPages.ts"
import { freshDatabase } from "../support/database.ts"
import { type RawAnswer, rawGet } from "../support/raw.ts"
import { type Send, TestServer } from "../support/server.ts"
import { addProduct, buyer, move, order, seller } from "../support/shop.ts"
import { tagOf, trade } from "../support/trade.ts"

const ifNoneMatch = (tag: string, options: Send = {}) => ({
  ...options,
  headers: { ...options.headers, "if-none-match": tag }
})

/** One address of each kind of read, who asks, and something after which its answer is another. */
const reads = Effect.gen(function* () {
  const server = yield* TestServer
  const { owner, customer, product, items, placed, guestOrder, guest } = yield* trade
  const nothing = Effect.void
  let price = 2000
  const reprice = Effect.suspend(() => server.patch(`/api/v1/products/${product.id}`, { price: ++price }, owner))
  const toCart = server.post("/api/v1/cart/items", { product_id: product.id }, customer)
  const buy = order(items, customer)
  const rename = Effect.suspend(() => server.patch("/api/v1/users/me", { full_name: `Amina ${++price}` }, customer))
  const direct = ({ id }: { readonly id: string }, access: Send) =>
    Effect.suspend(() => server.patch(`/api/v1/orders/${id}`, { customer_address: `Cité ${++price}` }, access))
  return [
    ["/api/v1", {}, nothing],
    ["/api/v1/openapi.json", {}, nothing],
    ["/api/docs", {}, nothing],
    ["/api/v1/categories", {}, nothing],
    [`/api/v1/products?seller=${owner.id}`, {}, reprice],
    [`/api/v1/products/${product.id}`, {}, reprice],
    [`/api/v1/products/${product.slug}`, customer, reprice],
    ["/api/v1/seller/products", owner, reprice],
    ["/api/v1/users/me", customer, rename],
    ["/api/v1/cart", customer, toCart],
    ["/api/v1/cart/count", customer, toCart],
    ["/api/v1/orders", customer, buy],
    [`/api/v1/orders/${placed.id}`, customer, direct(placed, customer)],
    [`/api/v1/orders/${placed.order_number}`, owner, direct(placed, customer)],
    [`/api/v1/orders/${guestOrder.id}`, guest, direct(guestOrder, guest)],
    [`/api/v1/orders/track?number=${guestOrder.order_number}&phone=0555123456`, {}, direct(guestOrder, guest)],
    ["/api/v1/seller/orders", owner, buy],
    [`/api/v1/seller/orders/${placed.id}`, owner, move(owner, placed.id, "confirmed")]
  ] as const
})

layer(TestServer.layer)("a read", (it) => {
  it.effect("that is known is a 304 without a body, and after a change the new answer", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      for (const [path, who, change] of yield* reads) {
        const first = yield* server.get(path, who)
        const tag = yield* tagOf(path, who)
        const known = yield* server.get(path, ifNoneMatch(tag, who))
        assert.strictEqual(known.status, 304, path)
        assert.strictEqual(known.text, "")
        for (const name of ["etag", "cache-control", "vary"]) {
          assert.strictEqual(known.headers.get(name), first.headers.get(name), `${name} of ${path}`)
        }
        for (const name of ["content-type", "content-length", "content-encoding"]) {
          assert.isNull(known.headers.get(name), `${name} of ${path}`)
        }
        if (change === Effect.void) continue
        yield* change
        const changed = yield* server.get(path, ifNoneMatch(tag, who))
        assert.strictEqual(changed.status, 200, path)
        assert.notStrictEqual(changed.headers.get("etag"), tag, path)
        assert.notDeepEqual(changed.json, first.json, path)
      }
    })
  )

  it.effect("is known by any tag of a list, weak or not, and by *", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const product = yield* addProduct(yield* seller)
      const path = `/api/v1/products/${product.id}`
      const tag = yield* tagOf(path)
      const cases = [
        [tag, 304],
        [`W/${tag}`, 304],
        [`"other", ${tag}`, 304],
        [`W/"other",W/${tag} , "third"`, 304],
        [`"a, b", ${tag}`, 304],
        ["*", 304],
        ['"other"', 200],
        ['W/"other", "third"', 200],
        [tag.slice(1, -1), 200],
        ["", 200],
        ['"', 200],
        ["*, *", 200]
      ] as const
      for (const [value, status] of cases) {
        assert.strictEqual((yield* server.get(path, ifNoneMatch(value))).status, status, value)
      }
    })
  )

  it.effect("is the same to who comes with credentials, kept page or not, and theirs alone", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const owner = yield* seller
      yield* addProduct(owner, { name: "Produit" })
      const hot = yield* HotPages
      const path = `/api/v1/products?seller=${owner.id}&limit=6`
      for (const mine of [{ authorization: "Bearer of.somebody.else" }, { "x-order-token": "none" }]) {
        yield* addProduct(owner, { name: "Another generation" })
        const headers = { "accept-encoding": "br", ...mine }
        const fresh = yield* rawGet(server.url + path, headers)
        yield* Effect.repeat(server.get(path), { until: () => hot.find(path, performance.now()) !== undefined })
        const kept = yield* rawGet(server.url + path, headers)
        const everybodys = yield* rawGet(server.url + path, { "accept-encoding": "br" })
        assert.deepStrictEqual(headersOf(kept), headersOf(fresh))
        assert.isTrue(kept.body.equals(everybodys.body))
        assert.strictEqual(kept.headers["cache-control"], "private, no-store")
        const known = yield* rawGet(server.url + path, { ...headers, "if-none-match": String(kept.headers.etag) })
        assert.strictEqual(known.status, 304)
        assert.strictEqual(known.headers["cache-control"], "private, no-store")
      }
    })
  )

  it.effect("has a tag for each content coding, which names exactly these bytes, kept page or not", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const owner = yield* seller
      for (let i = 0; i < 5; i++) yield* addProduct(owner, { name: `Produit ${i}` })
      const hot = yield* HotPages
      const path = `/api/v1/products?seller=${owner.id}&limit=5`
      const keeping = Effect.repeat(server.get(path), { until: () => hot.find(path, performance.now()) !== undefined })
      for (const accept of [
        "identity",
        "gzip",
        "br",
        "br;q=0, gzip",
        "gzip;q=0.5, br;q=0.1",
        "*",
        "br;q=zero",
        "deflate"
      ]) {
        yield* addProduct(owner, { name: "Another generation" })
        const fresh = yield* rawGet(server.url + path, { "accept-encoding": accept })
        yield* keeping
        const kept = yield* rawGet(server.url + path, { "accept-encoding": accept })
        assert.deepStrictEqual(headersOf(kept), headersOf(fresh), accept)
        assert.isTrue(kept.body.equals(fresh.body), accept)
        const tag = String(kept.headers.etag)
        const coding = kept.headers["content-encoding"]
        assert.strictEqual(/-(br|gzip)"$/.exec(tag)?.[1], coding, accept)
        // Whoever names an origin is answered by the application, whatever is kept.
        const headers = { "accept-encoding": accept, "if-none-match": tag }
        const known = yield* rawGet(server.url + path, headers)
        const fromElsewhere = yield* rawGet(server.url + path, { ...headers, origin: "https://shop.example" })
        assert.deepStrictEqual(headersOf(fromElsewhere), headersOf(known), accept)
        assert.strictEqual(known.status, 304, accept)
        assert.strictEqual(known.headers.etag, tag)
        assert.strictEqual(known.headers.vary, kept.headers.vary)
        assert.strictEqual(known.headers["cache-control"], "public, no-cache")
        assert.strictEqual(known.body.length, 0)
      }
    })
  )

  it.effect("in one coding is known in another: what it says is the same", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const product = yield* addProduct(yield* seller, { description: "Savon noir de Kabylie. ".repeat(100) })
      const url = `${server.url}/api/v1/products/${product.id}`
      const { headers } = yield* rawGet(url, { "accept-encoding": "br" })
      const plain = yield* rawGet(url, { "if-none-match": String(headers.etag) })
      assert.strictEqual(plain.status, 304)
      assert.strictEqual(plain.headers.etag, String(headers.etag).replace("-br", ""))
    })
  )

  it.effect("that is kept says no more and no less than the first one, whoever may read it elsewhere", () =>
    Effect.gen(function* () {
      for (const origins of ["https://shop.example", "https://shop.example,https://admin.example"]) {
        const Shop = Layer.fresh(TestServer.over(freshDatabase, { CORS_ORIGINS: origins }))
        const asked = Effect.fnUntraced(function* (headers: Record<string, string>) {
          const { url } = yield* TestServer
          return yield* Effect.replicateEffect(rawGet(`${url}/api/v1/products`, headers), 5)
        })
        const shop = "https://shop.example"
        const both = Effect.all([asked({}), asked({ origin: shop })])
        const [answers, elsewhere] = yield* Effect.provide(both, Shop)
        for (const answer of answers) {
          assert.deepStrictEqual(headersOf(answer), headersOf(answers[0]), origins)
          assert.strictEqual(answer.headers.vary, "Accept-Encoding, Origin")
        }
        for (const { headers } of elsewhere) assert.strictEqual(headers["access-control-allow-origin"], shop, origins)
      }
    })
  )

  it.effect("by HEAD has the tag of GET, and is a 304 as well", () =>
    Effect.gen(function* () {
      const { send, url } = yield* TestServer
      const product = yield* addProduct(yield* seller)
      const path = `/api/v1/products/${product.id}`
      const tag = yield* tagOf(path)
      assert.strictEqual((yield* send("HEAD", path)).headers.get("etag"), tag)
      assert.strictEqual((yield* rawGet(url + path, { "if-none-match": tag }, "HEAD")).status, 304)
    })
  )

  it.effect("that fails carries no tag and is kept by nobody, a tag or * in hand or not", () =>
    Effect.gen(function* () {
      const { get } = yield* TestServer
      for (const path of [
        "/api/v1/products/nothing",
        "/api/v1/products?limit=0",
        "/api/v1/users/me",
        "/api/v1/nothing"
      ]) {
        for (const options of [{}, ifNoneMatch("*")]) {
          const { status, headers } = yield* get(path, options)
          assert.isAtLeast(status, 400, path)
          assert.isNull(headers.get("etag"), path)
          assert.strictEqual(headers.get("cache-control"), "no-store", path)
        }
      }
    })
  )

  it.effect("is not given to who may not see it because they name its tag", () =>
    Effect.gen(function* () {
      const { get } = yield* TestServer
      const { customer, placed } = yield* trade
      const tag = yield* tagOf(`/api/v1/orders/${placed.id}`, customer)
      assert.strictEqual((yield* get(`/api/v1/orders/${placed.id}`, ifNoneMatch(tag))).status, 404)
      assert.strictEqual((yield* get(`/api/v1/orders/${placed.id}`, ifNoneMatch(tag, yield* buyer))).status, 404)
    })
  )

  it.effect("may be conditional from a page in another origin, which may read the tag", () =>
    Effect.gen(function* () {
      const { send } = yield* TestServer
      const preflight = yield* send("OPTIONS", "/api/v1/users/me", {
        headers: {
          origin: "https://shop.example",
          "access-control-request-method": "PATCH",
          "access-control-request-headers": "authorization,if-match,if-none-match"
        }
      })
      assert.include(preflight.headers.get("access-control-allow-headers") ?? "", "if-match,if-none-match")
      assert.include(preflight.headers.get("access-control-allow-methods") ?? "", "PATCH")
      const { headers } = yield* send("GET", "/api/v1/products", { headers: { origin: "https://shop.example" } })
      assert.include(headers.get("access-control-expose-headers") ?? "", "ETag")
    })
  )
})

/** Headers that say something of the answer, by name. */
const headersOf = (answer: RawAnswer | undefined) => {
  const { date: _, "x-request-id": __, connection: ___, "keep-alive": ____, ...headers } = answer?.headers ?? {}
  return headers
}
