/** What one caller may ask of the API in a minute, and of its costly acts. */
import { request } from "node:http"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import { freshDatabase } from "../support/database.ts"
import { eventually } from "../support/eventually.ts"
import { insisting, TestServer } from "../support/server.ts"
import { absent, addProduct, application, buyer, customer, seller } from "../support/shop.ts"

/** Orders, and leaves before the answer. */
const leaving = (url: string, body: object, n: number) =>
  new Promise<void>((resolve) => {
    const headers = { "content-type": "application/json", ...from(`41.100.${n}.1`).headers }
    const sent = request(`${url}/api/v1/orders`, { method: "POST", headers })
    sent.on("error", () => {}).on("close", () => resolve())
    sent.end(JSON.stringify(body), () => setTimeout(() => sent.destroy(), 1 + (n % 13)))
  })

const from = (address: string) => ({ headers: { "x-forwarded-for": address } })
const Server = TestServer.over(freshDatabase, { TRUSTED_PROXIES: "127.0.0.1", RATE_LIMITS: "on" })

layer(Server)("a caller", (it) => {
  const left = (headers: Headers, name: string) =>
    Number(new RegExp(`"${name}";r=(\\d+)`).exec(headers.get("ratelimit") ?? "")?.[1])

  it.effect("has a bucket of its own on every group: users by who they are, guests by their address", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const [one, other] = [yield* buyer, yield* buyer]
      const me = (person: typeof one, address: string) =>
        server.get("/api/v1/users/me", { ...person, ...from(address) })
      const first = left((yield* me(one, "41.96.0.1")).headers, "users")
      assert.strictEqual(left((yield* me(one, "41.96.0.2")).headers, "users"), first - 1)
      assert.strictEqual(left((yield* me(other, "41.96.0.1")).headers, "users"), 599)
      assert.strictEqual(
        left((yield* server.get("/api/v1/cart", { ...one, ...from("41.96.0.1") })).headers, "cart"),
        599
      )
      const guest = (address: string) => server.get("/api/v1/cart", from(address))
      const guests = left((yield* guest("41.96.0.3")).headers, "cart")
      assert.strictEqual(left((yield* guest("41.96.0.3")).headers, "cart"), guests - 1)
      assert.strictEqual(left((yield* guest("41.96.0.4")).headers, "cart"), 2999)
    })
  )

  it.effect("is refused when it is empty, told when to come again, and then served", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const person = yield* buyer
      const me = server.get("/api/v1/users/me", person)
      const statuses = yield* Effect.all(
        Array.from({ length: 600 }, () => Effect.map(me, ({ status }) => status)),
        { concurrency: 20 }
      )
      assert.deepStrictEqual([...new Set(statuses)], [200])
      const refused = yield* me
      assert.deepStrictEqual([refused.status, refused.headers.get("retry-after")], [429, "1"])
      assert.strictEqual((yield* server.get("/api/v1/users/me", yield* buyer)).status, 200)
      yield* TestClock.adjust("1 second")
      assert.strictEqual((yield* me).status, 200)
    })
  )

  it.effect("is told nothing of it by what anybody may keep, and counted all the same", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const wilayas = server.get("/api/v1/wilayas", from("41.96.2.1"))
      const answers = yield* Effect.all(
        Array.from({ length: 3000 }, () => wilayas),
        { concurrency: 20 }
      )
      assert.deepStrictEqual([...new Set(answers.map(({ status }) => status))], [200])
      assert.isNull(answers[0]?.headers.get("ratelimit"))
      const refused = yield* wilayas
      assert.deepStrictEqual([refused.status, refused.headers.get("retry-after")], [429, "1"])
      assert.include(refused.headers.get("ratelimit"), '"delivery";r=0')
    })
  )

  it.effect("who has no token that is one is not let try without end", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const attempt = (address: string) => server.get("/api/v1/users/me", { token: "not.a.token", ...from(address) })
      for (let i = 0; i < 300; i++) assert.strictEqual((yield* attempt("41.96.1.1")).status, 401)
      assert.strictEqual((yield* attempt("41.96.1.1")).status, 429)
      assert.strictEqual(
        (yield* server.get("/api/v1/users/me", { ...(yield* buyer), ...from("41.96.1.1") })).status,
        200
      )
      assert.strictEqual((yield* attempt("41.96.1.2")).status, 401)
    })
  )

  it.effect("with an account orders 60 times an hour, and what is refused takes nothing", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const { id } = yield* addProduct(yield* seller, { stock: 1000 })
      const who = yield* buyer
      const order = (quantity: number) =>
        server.post("/api/v1/orders", { ...customer, items: [{ product_id: id, quantity }] }, who)
      for (let n = 0; n < 5; n++) assert.strictEqual((yield* order(2000)).status, 409)
      for (let n = 0; n < 60; n++) assert.strictEqual((yield* order(1)).status, 201)
      const refused = yield* order(1)
      assert.deepStrictEqual([refused.status, refused.json.error.code], [429, "RATE_LIMIT_EXCEEDED"])
    })
  )

  it.effect("adds 2,000 products a day and counts variants as often; what is refused or repeated takes nothing", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const who = yield* seller
      const keyed = { ...who, headers: { "idempotency-key": "one" } }
      const added = yield* server.post("/api/v1/products", { name: "Savon", price: 5 }, keyed)
      assert.strictEqual(left(added.headers, "new-products"), 1999)
      yield* server.post("/api/v1/products", { name: "Savon", price: 5 }, keyed)
      yield* server.post("/api/v1/products", { name: "Savon", price: -5 }, who)
      const next = yield* server.post("/api/v1/products", { name: "Savon", price: 5 }, who)
      assert.strictEqual(left(next.headers, "new-products"), 1998)
      const { id } = next.json.data
      const tag = (yield* server.get(`/api/v1/products/${id}`, who)).headers.get("etag") ?? ""
      const headers = { "if-match": tag }
      const set = (variants: unknown) =>
        server.send("PUT", `/api/v1/products/${id}/variants`, { ...who, headers, body: { variants } })
      assert.notStrictEqual((yield* set(7)).status, 200)
      const counted = yield* set([{ options: { taille: "M" }, stock: 3 }])
      assert.strictEqual(counted.status, 200, counted.text)
      assert.strictEqual(left(counted.headers, "recounts"), 1999)
      const [sku] = counted.json.data.variants
      const adjusted = yield* server.post(
        "/api/v1/seller/inventory/adjust",
        { sku_id: sku.id, quantity: 2, reason: "Reçu" },
        who
      )
      assert.strictEqual(adjusted.status, 201, adjusted.text)
      assert.strictEqual(left(adjusted.headers, "recounts"), 1998)
      const single = `/api/v1/products/${added.json.data.id}`
      const change = Effect.fnUntraced(function* (body: object) {
        const tag = (yield* server.get(single, who)).headers.get("etag") ?? ""
        return yield* server.patch(single, body, { ...who, headers: { "if-match": tag } })
      })
      for (const [body, status, rest] of [
        [{ stock: -1 }, 422, undefined],
        [{ in_stock: false }, 200, 1997],
        [{ stock: 4 }, 200, 1996],
        [{ stock: null, name: "Savon blanc" }, 200, 1995]
      ] as const) {
        const changed = yield* change(body)
        assert.strictEqual(changed.status, status, changed.text)
        if (rest !== undefined) assert.strictEqual(left(changed.headers, "recounts"), rest, JSON.stringify(body))
      }
      const priced = yield* server.patch(`/api/v1/products/${id}`, { name: "Savon noir" }, who)
      assert.notInclude(priced.headers.get("ratelimit"), "recounts")
    })
  )

  it.effect(
    "has 5,000 answers a day kept for its keys, 20,000 without an account; what is repeated or refused takes none",
    () =>
      Effect.gen(function* () {
        const server = yield* TestServer
        const { id } = yield* addProduct(yield* seller)
        const add = (key: string, who: object, quantity = 1) =>
          server.post(
            "/api/v1/cart/items",
            { product_id: id, quantity },
            { ...who, headers: { ...from("41.96.7.1").headers, "idempotency-key": key } }
          )
        const who = yield* buyer
        for (const [name, caller, most] of [
          ["keys", who, 5000],
          ["guest-keys", {}, 20_000]
        ] as const) {
          assert.strictEqual(left((yield* add("one", caller)).headers, name), most - 1)
          const again = yield* add("one", caller)
          assert.deepStrictEqual([again.status, again.headers.get("idempotent-replayed")], [201, "true"])
          assert.strictEqual((yield* add("none", caller, -1)).status, 422)
          assert.strictEqual(left((yield* add("two", caller)).headers, name), most - 2)
        }
      })
  )

  it.effect("has answers of many bytes count for more", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const who = { ...(yield* seller), headers: { "idempotency-key": "long" } }
      const description = "€".repeat(5000)
      const { status, text, headers } = yield* server.post(
        "/api/v1/products",
        { name: "Savon", name_ar: "€".repeat(150), price: 5, description, benefits: ["€".repeat(150)] },
        who
      )
      assert.strictEqual(status, 201, text)
      assert.isAbove(Buffer.byteLength(text), 16_384)
      assert.strictEqual(left(headers, "keys"), 4998)
    })
  )

  it.effect("has them count for more as a guest too", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const owner = yield* seller
      const name = "€".repeat(150)
      const products = yield* Effect.forEach(Array.from({ length: 40 }), () => addProduct(owner, { name }))
      const guest = (headers: Record<string, string> = {}) => ({
        headers: { ...from("41.97.0.1").headers, ...headers }
      })
      const put = ({ id }: { id: string }, who: ReturnType<typeof guest>) =>
        server.post("/api/v1/cart/items", { product_id: id, quantity: 1 }, who)
      const [first, ...others] = products
      const begun = yield* put(first, guest())
      const token = { "x-cart-token": String(begun.json.data.cart_token) }
      for (const product of others) yield* put(product, guest(token))
      const { text, headers } = yield* put(first, guest({ ...token, "idempotency-key": "long" }))
      const weight = Math.ceil(Buffer.byteLength(text) / 16_384)
      assert.isAbove(weight, 1)
      assert.strictEqual(left(headers, "guest-keys"), 20_000 - weight)
    })
  )

  it.effect("changes products 20,000 times a day, and leaves ten times; who stays is kept from nothing", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const who = yield* seller
      const { id } = yield* addProduct(who)
      const change = server.patch(`/api/v1/products/${id}`, { name: "Savon noir" }, who)
      const first = left((yield* change).headers, "product-changes")
      assert.isAbove(first, 19_000)
      assert.strictEqual(left((yield* change).headers, "product-changes"), first - 1)
      const me = "/api/v1/users/me"
      for (let n = 0; n < 10; n++) {
        assert.strictEqual((yield* server.send("DELETE", me, who)).status, 200)
        assert.strictEqual((yield* server.post(`${me}/restore`, undefined, who)).status, 200)
      }
      assert.strictEqual((yield* server.send("DELETE", me, who)).status, 429)
      assert.strictEqual((yield* server.send("DELETE", me, yield* buyer)).status, 200)
      assert.strictEqual((yield* server.post(`${me}/restore`, undefined, who)).status, 200)
    })
  )

  it.effect("orders as a guest 20 times an hour for one phone, whatever the address; users are not held to it", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const { id } = yield* addProduct(yield* seller, { stock: 1000 })
      const order = (n: number, who: object = {}) =>
        server.post(
          "/api/v1/orders",
          { ...customer, items: [{ product_id: id, quantity: 1 }] },
          {
            ...from(`41.97.${n}.1`),
            ...who
          }
        )
      const nothing = { ...customer, items: [{ product_id: absent, quantity: 1 }] }
      for (let n = 0; n < 30; n++) {
        assert.notStrictEqual((yield* server.post("/api/v1/orders", nothing, from(`41.98.${n}.1`))).status, 429)
      }
      for (let n = 0; n < 20; n++) assert.strictEqual((yield* order(n)).status, 201)
      const refused = yield* order(20)
      assert.deepStrictEqual([refused.status, refused.headers.get("retry-after")], [429, "180"])
      assert.include(refused.headers.get("ratelimit"), '"guest-orders-phone";r=0')
      assert.strictEqual((yield* order(21, yield* buyer)).status, 201)
      yield* TestClock.adjust("3 minutes")
      assert.strictEqual((yield* order(22)).status, 201)
    })
  )

  it.effect("orders no more often side by side, nor by leaving before the answer", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const { id } = yield* addProduct(yield* seller, { stock: 1000 })
      const body = { customer_name: "Ahmed", items: [{ product_id: id, quantity: 1 }] }
      const order = (n: number, customer_phone: string) =>
        server.post("/api/v1/orders", { ...body, customer_phone }, from(`41.99.${n}.1`))
      const together = yield* Effect.forEach(
        Array.from({ length: 60 }, (_, n) => n),
        (n) => Effect.map(order(n, "0555123499"), ({ status }) => status),
        { concurrency: 30 }
      )
      assert.strictEqual(together.filter((status) => status === 201).length, 20)
      yield* Effect.forEach(
        Array.from({ length: 100 }, (_, n) => n),
        (n) => Effect.promise(() => leaving(server.url, { ...body, customer_phone: "0555123498" }, n)),
        { concurrency: 10 }
      )
      const sql = yield* SqlClient.SqlClient
      const underWay = sql`SELECT FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%INSERT INTO orders%'
        AND pid <> pg_backend_pid()`
      yield* TestClock.withLive(eventually(underWay, ({ length }) => length === 0))
      const placed = yield* sql`SELECT FROM orders WHERE customer_phone = '+213555123498'`
      assert.isAtMost(placed.length, 20)
    }).pipe(insisting)
  )

  it.effect("applies ten times a day, and what is refused takes none of them", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const sql = yield* SqlClient.SqlClient
      const person = yield* buyer
      const apply = (body: object) => server.post("/api/v1/seller/application", body, person)
      for (let i = 0; i < 12; i++) assert.strictEqual((yield* apply({ shop_name: "x" })).status, 422)
      for (let i = 0; i < 10; i++) {
        assert.strictEqual((yield* apply(application)).status, 201)
        if (i === 0) assert.strictEqual((yield* apply(application)).status, 409)
        yield* sql`UPDATE seller_applications SET status = 'rejected', decided_at = now() WHERE user_id = ${person.id}`
      }
      assert.strictEqual((yield* apply(application)).status, 429)
    })
  )
})
