/** Holds what the server answers against what the mobile app reads (app.rows.ts), by the requests that the app makes. */
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import sharp from "sharp"
import { freshDatabase } from "../support/database.ts"
import { type Answer, TestServer } from "../support/server.ts"
import { buyer, seller } from "../support/shop.ts"
import { multipart } from "../support/upload.ts"
import * as app from "./app.rows.ts"

const api = "/api/v1"

const isTime = (value: unknown) => typeof value === "string" && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(value)

const types: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === "string" && value !== "",
  number: (value) => typeof value === "number",
  integer: Number.isInteger,
  boolean: (value) => typeof value === "boolean",
  time: isTime,
  strings: (value) => Array.isArray(value) && value.every((item) => typeof item === "string")
}

const isOfType = (type: string, value: unknown): boolean => {
  if (type.endsWith("?")) return value === null || isOfType(type.slice(0, -1), value)
  return types[type]?.(value) ?? type.split("|").includes(String(value))
}

/** What is wrong with a value, in the order of the fields. */
const faultsOf = (fields: app.Fields, value: any, at = ""): ReadonlyArray<string> =>
  Object.entries(fields).flatMap(([name, type]) => {
    const found = value?.[name]
    const where = at === "" ? name : `${at}.${name}`
    if (typeof type === "string") {
      return isOfType(type, found) ? [] : [`${where} is no ${type}: ${JSON.stringify(found)}`]
    }
    if (!Array.isArray(type)) return faultsOf(type as app.Fields, found, where)
    if (!Array.isArray(found)) return [`${where} is no list: ${JSON.stringify(found)}`]
    return found.flatMap((item, index) => faultsOf(type[0], item, `${where}[${index}]`))
  })

const assertReads = (fields: app.Fields, value: unknown, what: string) =>
  assert.deepStrictEqual(faultsOf(fields, value), [], what)

const ok = ({ status, json, text }: Answer, expected = 200) => {
  assert.strictEqual(status, expected, text)
  return json.data
}

const assertFails = ({ status, json, text }: Answer, [expected, code]: readonly [number, string]) => {
  assert.deepStrictEqual([status, json?.error?.code], [expected, code], text)
  assertReads(app.failure, json.error, code)
  return json.error
}

const listed = (answer: Answer, fields: app.Fields, what: string) => {
  const rows = ok(answer)
  assert.isAbove(rows.length, 0, what)
  for (const row of rows) assertReads(fields, row, what)
  assertReads(app.pageMeta, answer.json.meta, `meta of ${what}`)
  return rows
}

const picture = Effect.promise(() =>
  sharp({ create: { width: 60, height: 40, channels: 3, background: "#883" } })
    .png()
    .toBuffer()
)

/** A product with everything that the app sends, and a picture. */
const product = Effect.fnUntraced(function* (changes: object = {}) {
  const server = yield* TestServer
  const owner = yield* seller
  const made = ok(yield* server.post(`${api}/products`, { ...app.sentProduct, ...changes }, owner), 201)
  const sent = multipart(
    { filename: "photo.png", type: "image/png", bytes: yield* picture },
    { name: "is_primary", type: "text/plain", bytes: "true" },
    { name: "display_order", type: "text/plain", bytes: "0" }
  )
  ok(yield* server.send("POST", `${api}/products/${made.id}/images`, { ...owner, ...sent }), 201)
  return { owner, id: made.id as string, made }
})

layer(TestServer.over(freshDatabase, { RATE_LIMITS: "on" }))("the mobile app reads", (it) => {
  it.effect("a product in every list", () =>
    Effect.gen(function* () {
      const { get } = yield* TestServer
      const { id, owner } = yield* product()
      const query = "search=huile&category=food&seller_category=grossiste&in_stock=true&min_price=1&max_price=9000"
      for (const sort of ["price", "-price", "created_at", "-created_at"]) {
        const rows = listed(
          yield* get(`${api}/products?page=1&limit=20&${query}&sort=${sort}`),
          app.listedProduct,
          sort
        )
        assert.include(
          rows.map((row: any) => row.id),
          id
        )
        assert.isAbove(rows[0].images.length, 0)
      }
      const chosen = ok(yield* get(`${api}/products?fields=id,name,price`))
      assert.hasAllKeys(chosen[0], ["id", "name", "price"])
      const found = yield* get(`${api}/products/search?q=huile`)
      listed(found, app.listedProduct, "search")
      assert.strictEqual(found.json.meta.query, "huile")
      for (const status of ["active", "draft", "out_of_stock"]) {
        if (status !== "active") yield* product()
        const answer = yield* get(`${api}/seller/products?status=${status}&page=1&limit=20`, owner)
        if (status === "active") listed(answer, app.ownProduct, "own products")
        else ok(answer)
      }
    })
  )

  it.effect("a product by its id, as it was sent", () =>
    Effect.gen(function* () {
      const { get, patch } = yield* TestServer
      const { id, owner, made } = yield* product()
      const read = ok(yield* get(`${api}/products/${id}`))
      assertReads(app.product, read, "product")
      assertReads(app.product, made, "product that was made")
      assert.deepInclude(read, app.sentProduct)
      assertReads(
        app.product,
        ok(yield* patch(`${api}/products/${id}`, { price: 100, in_stock: false }, owner)),
        "patched"
      )
      const gone = ok(yield* get(`${api}/products/${id}`))
      assert.deepInclude(gone, { price: 100, in_stock: false, stock: 0 })
      const back = ok(yield* patch(`${api}/products/${id}`, { in_stock: true }, owner))
      assert.deepInclude(back, { in_stock: true, stock: null })
    })
  )

  it.effect("a product of which no more is sent than its name and price", () =>
    Effect.gen(function* () {
      const { post } = yield* TestServer
      const made = ok(yield* post(`${api}/products`, { name: "Savon", price: 100 }, yield* seller), 201)
      assertReads(app.product, made, "product")
    })
  )

  it.effect("an order, its own or its shop's", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const { id, owner } = yield* product()
      const customer = yield* buyer
      const items = [{ product_id: id, quantity: 2 }]
      const placed = ok(yield* server.post(`${api}/orders`, { ...app.sentOrder, items }, customer), 201)
      const { notes: _, customer_phone: __, ...kept } = app.sentOrder
      for (const read of [
        placed,
        ok(yield* server.get(`${api}/orders/${placed.id}`, customer)),
        ...listed(yield* server.get(`${api}/orders?page=1&limit=20`, customer), app.order, "orders")
      ]) {
        assertReads(app.order, read, "order")
        assert.deepInclude(read, { ...kept, user_id: customer.id, seller_id: owner.id, total: 9001, items_count: 1 })
        assert.isString(read.items[0].product_image)
      }
      // Of the shop: for an hour of each day it is tomorrow already.
      const today = new Intl.DateTimeFormat("en-CA", { timeZone: "Africa/Algiers" }).format(new Date(placed.created_at))
      const query = `status=pending&date_from=${today}&date_to=${today}&page=1&limit=20`
      const [row] = listed(
        yield* server.get(`${api}/seller/orders?${query}`, owner),
        app.sellerOrder,
        "seller's orders"
      )
      const [recent] = ok(yield* server.get(`${api}/seller/orders/recent`, owner))
      assertReads(app.sellerOrder, recent, "recent orders")
      assertReads(app.sellerOrder, ok(yield* server.get(`${api}/seller/orders/${row.id}`, owner)), "seller's order")
      const step = (body: object) => server.patch(`${api}/seller/orders/${row.id}/status`, body, owner)
      ok(yield* step({ status: "confirmed" }))
      const shipped = ok(yield* step({ status: "shipped", tracking_number: "YAL-1" }))
      assertReads(app.sellerOrder, shipped, "shipped")
      assertFails(yield* step({ status: "pending" }), app.codes.refusedStep)
      const seen = ok(yield* server.get(`${api}/orders/${placed.id}`, customer))
      assert.deepInclude(seen, { status: "shipped", tracking_number: "YAL-1" })
    })
  )

  it.effect("an order of somebody without an account, by any name of a wilaya", () =>
    Effect.gen(function* () {
      const { post } = yield* TestServer
      const { id } = yield* product()
      for (const customer_wilaya of ["Alger", "الجزائر", 16, "16"]) {
        const body = { ...app.sentOrder, customer_wilaya, items: [{ product_id: id, quantity: 1 }] }
        const placed = ok(yield* post(`${api}/orders`, body), 201)
        assertReads(app.order, placed, "guest's order")
        assert.deepInclude(placed, { user_id: null, customer_wilaya: "Alger" })
      }
    })
  )

  it.effect("what is out of stock", () =>
    Effect.gen(function* () {
      const { post } = yield* TestServer
      const { id } = yield* product({ stock: 1 })
      const refused = yield* post(`${api}/orders`, { ...app.sentOrder, items: [{ product_id: id, quantity: 2 }] })
      const { details } = assertFails(refused, app.codes.outOfStock)
      assertReads(app.shortage, details[0], "shortage")
      assert.deepInclude(details[0], { product_id: id, product_name: app.sentProduct.name, available: 1 })
    })
  )

  it.effect("a cart", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const { id } = yield* product()
      const customer = yield* buyer
      const added = yield* server.post(`${api}/cart/items`, { product_id: id, quantity: 2 }, customer)
      assert.include([200, 201], added.status, added.text)
      const read = ok(yield* server.get(`${api}/cart`, customer))
      assertReads(app.cart, read, "cart")
      assert.deepInclude(read, { total: 9001, items_count: 1 })
      const line = `${api}/cart/items/${read.items[0].id}`
      assertReads(app.cart, ok(yield* server.patch(line, { quantity: 3 }, customer)), "changed cart")
      const emptied = ok(yield* server.send("DELETE", line, customer))
      assert.deepInclude(emptied, { total: 0, items_count: 0 })
    })
  )

  it.effect("a person, who changes what the app sends", () =>
    Effect.gen(function* () {
      const { get, patch } = yield* TestServer
      for (const who of [yield* buyer, yield* seller]) {
        assertReads(app.user, ok(yield* get(`${api}/users/me`, who)), "profile")
        const changed = ok(yield* patch(`${api}/users/me`, app.sentProfile, who))
        assertReads(app.user, changed, "changed profile")
        assert.deepInclude(changed, { ...app.sentProfile, phone: "+213555123456", wilaya: "Sétif" })
      }
    })
  )

  it.effect("a push token", () =>
    Effect.gen(function* () {
      const { post } = yield* TestServer
      const push_token = "ExponentPushToken[app]"
      const answer = yield* post(`${api}/users/me/push-token`, { push_token }, yield* buyer)
      assert.include([200, 201], answer.status, answer.text)
      assertReads(app.pushToken, answer.json.data, "push token")
    })
  )

  it.effect("which field is wrong", () =>
    Effect.gen(function* () {
      const { post } = yield* TestServer
      const { id } = yield* product()
      const body = { ...app.sentOrder, customer_wilaya: "Paris", items: [{ product_id: id, quantity: 1 }] }
      const { details } = assertFails(yield* post(`${api}/orders`, body), app.codes.invalid)
      assertReads(app.faultyField, details[0], "detail")
      assert.strictEqual(details[0].field, "customer_wilaya")
    })
  )

  it.effect("when it may try again", () =>
    Effect.gen(function* () {
      const { get } = yield* TestServer
      const guess = (n: number) => get(`${api}/orders/track?number=ZST-${n}AAAAAAA&phone=0555123456`)
      const answers = yield* Effect.forEach(
        Array.from({ length: 25 }, (_, n) => n),
        guess
      )
      const refused = answers.find(({ status }) => status === 429)
      assert.isDefined(refused)
      const { retry_after } = assertFails(refused, app.codes.spent)
      assert.strictEqual(retry_after, Number(refused.headers.get("retry-after")))
    })
  )

  it.effect("whether the server is there, and which it is", () =>
    Effect.gen(function* () {
      const { get } = yield* TestServer
      assertReads(app.health, ok(yield* get("/health")), "health")
      assertReads(app.root, ok(yield* get(api)), "root")
    })
  )
})
