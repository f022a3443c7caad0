import { assert, layer } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { Product } from "../../src/services/catalog/model.ts"
import { assertMovementsSum } from "../support/market.ts"
import { type Person, TestServer } from "../support/server.ts"
import { absent, addProduct, admin, buyer, count, customer, order, seller } from "../support/shop.ts"

const decodeProduct = Schema.decodeUnknownEffect(Product, { onExcessProperty: "error" })

const set = Effect.fnUntraced(function* (owner: Person, id: string, variants: ReadonlyArray<object>, tag?: string) {
  const server = yield* TestServer
  const headers = tag === undefined ? {} : { headers: { "if-match": tag } }
  return yield* server.send("PUT", `/api/v1/products/${id}/variants`, { ...owner, ...headers, body: { variants } })
})

const tagOf = Effect.fnUntraced(function* (owner: Person, id: string) {
  const { headers } = yield* (yield* TestServer).get(`/api/v1/products/${id}`, owner)
  return headers.get("etag") ?? ""
})

const shirts = [
  { options: { taille: "M", couleur: "noir" }, code: "TS-M", price: 1500, stock: 3 },
  { options: { taille: "L", couleur: "noir" }, code: "TS-L", stock: 0 },
  { options: { taille: "XL", couleur: "noir" }, price: 2500, stock: 7 }
]

const shirt = Effect.gen(function* () {
  const owner = yield* seller
  const { id } = yield* addProduct(owner, { name: "T-shirt", price: 2000, original_price: 2200 })
  const { status, json, text } = yield* set(owner, id, shirts)
  assert.strictEqual(status, 200, text)
  return { owner, product: json.data, skus: json.data.variants as ReadonlyArray<any> }
})

layer(TestServer.layer)("variants", (it) => {
  it.effect("are what a product is sold as: each has its price, its stock and its reference", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const { owner, product, skus } = yield* shirt
      yield* decodeProduct(product)
      assert.deepStrictEqual(
        skus.map(({ code, options, price, stock, in_stock }) => [code, options.taille, price, stock, in_stock]),
        [
          ["TS-M", "M", 1500, 3, true],
          ["TS-L", "L", 2000, 0, false],
          [null, "XL", 2500, 7, true]
        ]
      )
      const shown = { price: 1500, price_range: { min: 1500, max: 2500 }, variants_count: 3, stock: 10, in_stock: true }
      assert.deepInclude(product, { ...shown, sku: null, is_promo: true })
      const found = (query: string) =>
        Effect.map(server.get(`/api/v1/products?seller=${owner.id}&${query}`), ({ json }) => json.data)
      assert.deepInclude((yield* found("sort=price"))[0], shown)
      assert.lengthOf(yield* found("min_price=2400&max_price=3000"), 1)
      assert.lengthOf(yield* found("min_price=2501"), 0)
      assert.lengthOf(yield* found("max_price=1499"), 0)
      // Between two of its prices, where none of them is.
      assert.lengthOf(yield* found("min_price=1600&max_price=1900"), 0)
      assert.lengthOf(yield* found("min_price=1900&max_price=2100"), 1)
      assert.lengthOf(yield* found("in_stock=false"), 0)
      const own = yield* server.get("/api/v1/seller/products?search=ts-l", owner)
      assert.strictEqual(own.json.meta.total, 1)
    })
  )

  it.effect("tell of their stocks in their order, and when all else is done: nobody waits for the log meanwhile", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const owner = yield* seller
      const { id } = yield* addProduct(owner)
      yield* sql`
        CREATE FUNCTION told_before() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF current_setting('zst.events_announced', true) = 'yes' THEN RAISE 'It has told of it before'; END IF;
          RETURN NULL;
        END $$`
      const tables = ["skus", "stock_movements", "products"]
      for (const table of tables) {
        yield* sql`
          CREATE TRIGGER told_before AFTER INSERT OR UPDATE OR DELETE ON ${sql(table)} FOR EACH STATEMENT
          EXECUTE FUNCTION told_before()`
      }
      const variants = Array.from({ length: 20 }, (_, n) => ({ options: { n: `${n}` }, price: 100 + n, stock: n }))
      const { status, json, text } = yield* set(owner, id, variants)
      yield* sql`DROP FUNCTION told_before CASCADE`
      assert.strictEqual(status, 200, text)
      const told = yield* sql<{ type: string; sku: string; stock: number }>`
        SELECT type, payload ->> 'sku_id' AS sku, (payload -> 'stock')::int AS stock FROM events
        WHERE entity = ${id} AND type <> 'product.created' ORDER BY id`
      assert.deepStrictEqual(told, [
        ...json.data.variants.map(({ id: sku, stock }: any) => ({ type: "product.stocked", sku, stock })),
        { type: "product.priced", sku: null, stock: null },
        { type: "product.changed", sku: null, stock: null }
      ])
    })
  )

  it.effect("stay what they are when the set is given again, and go, or wait in the archive, when left out", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const { owner, product, skus } = yield* shirt
      yield* order([{ sku_id: skus[0].id, quantity: 1 }])
      const again = yield* set(owner, product.id, [
        { id: skus[2].id, options: { couleur: "noir", taille: "M" } },
        { options: { taille: "S" } }
      ])
      assert.strictEqual(again.status, 200, again.text)
      const [first, second] = again.json.data.variants
      assert.deepInclude(first, { id: skus[2].id, options: { couleur: "noir", taille: "M" }, price: 2500, stock: 7 })
      assert.deepInclude(second, { options: { taille: "S" }, price: 2000, stock: null })
      const rows = yield* sql<{ id: string; archived: boolean }>`
        SELECT id, archived FROM skus WHERE product_id = ${product.id} ORDER BY archived, position`
      assert.deepStrictEqual(
        rows.map(({ id, archived }) => [id, archived]),
        [
          [first.id, false],
          [second.id, false],
          [skus[0].id, true]
        ]
      )
      const back = yield* set(owner, product.id, [{ id: skus[0].id, code: "TS-M2" }])
      assert.deepInclude(back.json.data.variants[0], { id: skus[0].id, code: "TS-M2", price: 1500, stock: 2 })
      assert.deepInclude(back.json.data, { variants_count: 1, sku: "TS-M2" })
      yield* assertMovementsSum
    })
  )

  it.effect("are counted at one moment: a stock needs the version that it was counted in", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const { owner, product, skus } = yield* shirt
      const counted = [{ id: skus[0].id, stock: 9 }, { id: skus[1].id }, { id: skus[2].id }]
      for (const tag of [undefined, "*"]) {
        const refused = yield* set(owner, product.id, counted, tag)
        assert.deepStrictEqual([refused.status, refused.json.error.code], [428, "PRECONDITION_REQUIRED"])
      }
      const tag = yield* tagOf(owner, product.id)
      yield* order([{ sku_id: skus[0].id, quantity: 1 }])
      assert.strictEqual((yield* set(owner, product.id, counted, tag)).status, 412)
      const done = yield* set(owner, product.id, counted, yield* tagOf(owner, product.id))
      assert.strictEqual(done.json.data.variants[0].stock, 9)
      const soap = yield* addProduct(owner, { stock: 10 })
      const path = `/api/v1/products/${soap.id}`
      assert.strictEqual((yield* server.patch(path, { stock: 10 }, owner)).status, 428)
      yield* assertMovementsSum
    })
  )

  it.effect("are sold out and back by a word, of one variant or of several, counted or not", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const { owner, product } = yield* shirt
      const soap = yield* addProduct(owner, { stock: 10 })
      const oil = yield* addProduct(owner)
      const say = Effect.fnUntraced(function* (id: string, in_stock: boolean) {
        const { json, text } = yield* server.patch(`/api/v1/products/${id}`, { name: "Neuf", in_stock }, owner)
        assert.deepInclude(json.data, { in_stock, name: "Neuf" }, text)
        return json.data
      })
      // What is left is not forgotten.
      assert.strictEqual((yield* say(soap.id, true)).stock, 10)
      for (const { id } of [soap, oil, product]) {
        const off = yield* say(id, false)
        assert.deepStrictEqual(
          off.variants.map(({ stock }: { stock: number }) => stock),
          off.variants.map(() => 0)
        )
        assert.strictEqual((yield* say(id, true)).stock, null)
      }
      assert.strictEqual((yield* count(owner, soap, 4)).stock, 4)
      yield* assertMovementsSum
    })
  )

  it.effect("stay in carts when they are taken off, and so does a product that is deleted", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const sql = yield* SqlClient.SqlClient
      const { owner, product, skus } = yield* shirt
      const soap = yield* addProduct(owner)
      const who = yield* buyer
      for (const line of [{ sku_id: skus[2].id }, { product_id: soap.id }]) {
        assert.strictEqual((yield* server.post("/api/v1/cart/items", { ...line, quantity: 1 }, who)).status, 201)
      }
      assert.strictEqual((yield* set(owner, product.id, [{ id: skus[0].id }])).status, 200)
      const gone = yield* server.send("DELETE", `/api/v1/products/${soap.id}`, owner)
      assert.strictEqual(gone.json.data.outcome, "archived")
      const { items } = (yield* server.get("/api/v1/cart", who)).json.data
      assert.deepStrictEqual(
        items.map(({ product_name, in_stock }: any) => [product_name, in_stock]),
        [
          ["T-shirt", false],
          ["Savon noir", false]
        ]
      )
      yield* server.send("DELETE", "/api/v1/cart", who)
      assert.strictEqual((yield* set(owner, product.id, [{ id: skus[0].id }])).status, 200)
      assert.deepStrictEqual(yield* sql`SELECT id FROM skus WHERE product_id = ${product.id}`, [{ id: skus[0].id }])
    })
  )

  it.effect("of a draft are shown to nobody who had one in a cart", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const { owner, product, skus } = yield* shirt
      const who = yield* buyer
      yield* server.post("/api/v1/cart/items", { sku_id: skus[0].id, quantity: 1 }, who)
      yield* server.patch(`/api/v1/products/${product.id}`, { status: "draft" }, owner)
      const secret = [{ id: skus[0].id, options: { taille: "Édition 2027" } }]
      assert.strictEqual((yield* set(owner, product.id, secret)).status, 200)
      const { text } = yield* server.get("/api/v1/cart", who)
      assert.notInclude(text, "2027")
    })
  )

  it.effect("change as one: what was there is in the audit log, what is there is dated, options are one spelling", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const sql = yield* SqlClient.SqlClient
      const { owner, product, skus } = yield* shirt
      const by = yield* admin
      yield* sql`UPDATE products SET updated_at = '2020-01-01' WHERE id = ${product.id}`
      const decomposed = { taille: "E\u0301te\u0301" }
      yield* order([{ sku_id: skus[2].id, quantity: 1 }])
      const one = yield* set(owner, product.id, [{ id: skus[0].id, options: decomposed }])
      const two = yield* set(by, product.id, [{ options: { taille: "\u00c9t\u00e9" }, price: 900 }])
      assert.strictEqual(two.json.data.variants[0].id, skus[0].id, one.text)
      assert.isAbove(Date.parse(two.json.data.updated_at), Date.parse("2021-01-01"))
      const [entry] = (yield* server.get(`/api/v1/admin/audit-log?subject_id=${product.id}`, by)).json.data
      assert.strictEqual(entry.action, "product.variants")
      assert.deepStrictEqual(
        entry.before.variants.map(({ id }: { id: string }) => id),
        [skus[0].id]
      )
      assert.deepInclude(entry.after.variants[0], { price: 90_000 })
    })
  )

  it.effect("begin with an opening and go on with recounts", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const { owner, product, skus } = yield* shirt
      yield* set(owner, product.id, [{ id: skus[0].id, stock: 9 }], yield* tagOf(owner, product.id))
      const moved = yield* server.get(`/api/v1/seller/inventory/movements?sku_id=${skus[0].id}`, owner)
      assert.deepStrictEqual(
        moved.json.data.map(({ delta, reason }: any) => [delta, reason]),
        [
          [6, "recount"],
          [3, "opening"]
        ]
      )
    })
  )

  it.effect("have the price of their product once that is said and there is one of them", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const { owner, product, skus } = yield* shirt
      yield* set(owner, product.id, [{ id: skus[2].id }])
      const { json } = yield* server.patch(`/api/v1/products/${product.id}`, { price: 2100 }, owner)
      assert.deepInclude(json.data, { price: 2100, price_range: { min: 2100, max: 2100 } })
    })
  )

  it.effect("refuse what makes no sense, by name", () =>
    Effect.gen(function* () {
      const { owner, product, skus } = yield* shirt
      const cases: ReadonlyArray<readonly [string, ReadonlyArray<object>]> = [
        ["variants", []],
        ["variants", Array.from({ length: 101 }, (_, i) => ({ options: { n: `${i}` } }))],
        ["variants[1].options", [{ options: { a: "1" } }, { options: { a: "1" } }]],
        ["variants[0].options", [{ options: { a: "1", b: "1", c: "1", d: "1", e: "1", f: "1" } }]],
        ["variants[0].options.a", [{ options: { a: "x".repeat(61) } }]],
        ["variants[0].options.a", [{ options: { a: "\ud800" } }]],
        ["variants[0].options", [{ options: { a: "x".repeat(60), b: "x".repeat(60), c: "x".repeat(60), d: "x" } }]],
        ["variants[1].options", [{ options: { Taille: "M" } }, { options: { taille: "m" } }]],
        ["variants[0].options.a", [{ options: { A: "x", a: "y" } }, { options: { a: "y", A: "x" } }]],
        ["variants[0].options.", [{ options: { "": "x" } }]],
        ["variants[0].options.a ", [{ options: { a: "x", "a ": "y" } }]],
        ["variants[0].options.a\0b", [{ options: { "a\0b": "x" } }]],
        ["variants[0].options.\ud800", [{ options: { "\ud800": "x" } }]],
        ["variants[0].code", [{ code: "\ud800x" }]],
        ["variants[0].id", [{ id: absent }]],
        ["variants[1].id", [{ id: skus[0].id }, { id: skus[0].id }]],
        ["variants[0].price", [{ price: -1 }]],
        ["variants[0].stock", [{ stock: -1 }]],
        ["variants[0].image_id", [{ image_id: absent }]]
      ]
      for (const [field, variants] of cases) {
        const { status, json, text } = yield* set(owner, product.id, variants)
        assert.strictEqual(status, 422, `${field} ${text}`)
        assert.strictEqual(json.error.details[0].field, field, text)
      }
      const server = yield* TestServer
      for (const [field, value] of Object.entries({ stock: 1, sku: "X" })) {
        const tag = yield* tagOf(owner, product.id)
        const options = { ...owner, headers: { "if-match": tag } }
        const { status, json } = yield* server.patch(`/api/v1/products/${product.id}`, { [field]: value }, options)
        assert.strictEqual(status, 422)
        assert.strictEqual(json.error.details[0].field, field)
        assert.include(json.error.details[0].message, "/variants")
      }
      const dearer = yield* server.patch(`/api/v1/products/${product.id}`, { price: 2100, in_stock: true }, owner)
      assert.deepStrictEqual(
        dearer.json.data.variants.map(({ price }: any) => price),
        [1500, 2100, 2500]
      )
    })
  )

  it.effect("are ordered by their own ids; a product alone names one only while it has no other", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const { product, skus } = yield* shirt
      const place = (items: ReadonlyArray<object>) => server.post("/api/v1/orders", { ...customer, items })
      const unclear = yield* place([{ product_id: product.id, quantity: 1 }])
      assert.deepStrictEqual([unclear.status, unclear.json.error.code], [422, "VARIANT_REQUIRED"])
      const [{ field, variants }] = unclear.json.error.details
      assert.strictEqual(field, "items[0].sku_id")
      assert.deepStrictEqual(variants[1], {
        sku_id: skus[1].id,
        options: { couleur: "noir", taille: "L" },
        price: 2000,
        in_stock: false
      })
      const placed = yield* order([
        { sku_id: skus[0].id, quantity: 1 },
        { product_id: product.id, sku_id: skus[2].id, quantity: 2 },
        { sku_id: skus[0].id, quantity: 1 }
      ])
      assert.deepStrictEqual(
        placed.items.map((item: any) => [item.sku_id, item.options.taille, item.sku, item.price, item.quantity]),
        [
          [skus[0].id, "M", "TS-M", 1500, 2],
          [skus[2].id, "XL", null, 2500, 2]
        ]
      )
      const short = yield* place([{ sku_id: skus[0].id, quantity: 2 }])
      assert.deepInclude(short.json.error.details[0], { sku_id: skus[0].id, available: 1, requested: 2 })
      const soap = yield* addProduct(yield* seller, { stock: 3 })
      const twice = [
        { product_id: soap.id, quantity: 1 },
        { sku_id: soap.variants[0].id, quantity: 2 }
      ]
      const whole = yield* order(twice)
      assert.deepStrictEqual(
        whole.items.map(({ quantity }: any) => quantity),
        [3]
      )
      assert.strictEqual((yield* place(twice)).json.error.details[0].requested, 3)
      for (const item of [{ sku_id: absent }, { product_id: soap.id, sku_id: skus[0].id }]) {
        const { status, json } = yield* place([{ ...item, quantity: 1 }])
        assert.strictEqual(status, 404)
        assert.deepStrictEqual(json.error.details, [item])
      }
      assert.strictEqual((yield* place([{ quantity: 1 }])).json.error.details[0].field, "items[0].product_id")
      yield* assertMovementsSum
    })
  )

  it.effect("are lines of their own in a cart, which shows what is for sale no longer", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const who = yield* buyer
      const { owner, product, skus } = yield* shirt
      const put = (body: object) => server.post("/api/v1/cart/items", body, who)
      const unclear = yield* put({ product_id: product.id })
      assert.deepStrictEqual([unclear.status, unclear.json.error.details[0].field], [422, "sku_id"])
      yield* put({ sku_id: skus[0].id, quantity: 2 })
      const { json } = yield* put({ sku_id: skus[2].id })
      assert.deepStrictEqual(
        json.data.items.map((item: any) => [item.sku_id, item.product_price, item.options.taille, item.in_stock]),
        [
          [skus[0].id, 1500, "M", true],
          [skus[2].id, 2500, "XL", true]
        ]
      )
      yield* set(owner, product.id, [{ id: skus[2].id }])
      const left = yield* server.get("/api/v1/cart", who)
      assert.deepStrictEqual(
        left.json.data.items.map(({ in_stock }: any) => in_stock),
        [false, true]
      )
      assert.strictEqual((yield* put({ sku_id: skus[0].id })).status, 404)
      const refused = yield* server.post("/api/v1/orders", { ...customer, from_cart: true }, who)
      assert.deepStrictEqual(refused.json.error.details, [{ sku_id: skus[0].id }])
      yield* server.send("DELETE", `/api/v1/cart/items/${left.json.data.items[0].id}`, who)
      const placed = yield* server.post("/api/v1/orders", { ...customer, from_cart: true }, who)
      assert.strictEqual(placed.json.data.items[0].sku_id, skus[2].id)
    })
  )

  it.effect("that come back are as new: nobody saw what they had, and nothing of it counts", () =>
    Effect.gen(function* () {
      const { owner, product, skus } = yield* shirt
      yield* order([{ sku_id: skus[0].id, quantity: 1 }])
      const left = [{ id: skus[1].id }, { id: skus[2].id }]
      yield* set(owner, product.id, left)
      const back = yield* set(owner, product.id, [...left, { options: shirts[0]?.options, stock: 7 }])
      assert.strictEqual(back.status, 200, back.text)
      assert.deepInclude(back.json.data.variants[2], { id: skus[0].id, code: null, price: 2000, stock: 7 })
      yield* assertMovementsSum
    })
  )

  it.effect("are a thousand at most, those of past orders included", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const { owner, product } = yield* shirt
      yield* sql`INSERT INTO skus (id, product_id, options, archived)
        SELECT uuidv7(), ${product.id}::uuid, jsonb_build_object('n', n::text), true FROM generate_series(1, 996) n`
      const several = (count: number) => Array.from({ length: count }, (_, n) => ({ options: { m: String(n) } }))
      const refused = yield* set(owner, product.id, several(2))
      assert.deepStrictEqual(refused.json.error.details, [
        { field: "variants", message: "A product has at most 1000 variants, those of past orders included" }
      ])
      assert.strictEqual((yield* set(owner, product.id, several(1))).status, 200)
    })
  )

  it.effect("are told to who has to choose, and no more of them than anybody reads", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const owner = yield* seller
      const many = Array.from({ length: 30 }, (_, n) => ({ options: { n: String(n) } }))
      const items: Array<{ product_id: string; quantity: number }> = []
      for (let n = 0; n < 12; n++) {
        const { id } = yield* addProduct(owner)
        yield* set(owner, id, many)
        items.push({ product_id: id, quantity: 1 })
      }
      const { status, json } = yield* server.post("/api/v1/orders", { ...customer, items })
      assert.strictEqual(status, 422)
      const { details } = json.error
      assert.deepStrictEqual(
        details.map(({ field }: any) => field),
        items.slice(0, 10).map((_, n) => `items[${n}].sku_id`)
      )
      for (const { variants } of details) {
        assert.deepStrictEqual(
          variants.map(({ options }: any) => options),
          many.slice(0, 20).map(({ options }) => options)
        )
      }
    })
  )

  it.effect("tell nothing of a stock that did not move", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const { owner, product, skus } = yield* shirt
      const told = Effect.map(
        sql`SELECT FROM events WHERE entity = ${product.id} AND type = 'product.stocked'`,
        ({ length }) => length
      )
      assert.strictEqual(yield* told, 3)
      const same = skus.map(({ id, stock }) => ({ id, stock }))
      yield* set(owner, product.id, [...same, { options: { taille: "S" } }], yield* tagOf(owner, product.id))
      assert.strictEqual(yield* told, 3)
    })
  )
})
