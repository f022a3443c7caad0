import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { assertMovementsSum } from "../support/market.ts"
import { insisting, type Person, TestServer } from "../support/server.ts"
import { absent, addProduct, count, move, order, seller, stockOf } from "../support/shop.ts"

const path = "/api/v1/seller/inventory"

const adjust = Effect.fnUntraced(function* (owner: Person, body: object) {
  return yield* (yield* TestServer).post(`${path}/adjust`, { reason: "Cassé", ...body }, owner)
})

const movementsOf = Effect.fnUntraced(function* (owner: Person, query: string) {
  const { json } = yield* (yield* TestServer).get(`${path}/movements?${query}`, owner)
  return json.data.map(({ delta, reason, actor, note }: any) => [delta, reason, actor, note])
})

layer(TestServer.layer)("a stock", (it) => {
  it.effect("is moved by what happens to it, and each movement says why", () =>
    Effect.gen(function* () {
      const owner = yield* seller
      const soap = yield* addProduct(owner, { stock: 10, sku: "SAV-1" })
      const placed = yield* order([{ product_id: soap.id, quantity: 3 }])
      const kept = yield* order([{ product_id: soap.id, quantity: 1 }])
      yield* move(owner, placed.id, "cancelled")
      for (const status of ["confirmed", "shipped", "returned"]) yield* move(owner, kept.id, status)
      const broken = yield* adjust(owner, { code: "SAV-1", quantity: -2 })
      assert.strictEqual(broken.status, 201, broken.text)
      assert.deepInclude(broken.json.data, { sku_id: soap.variants[0].id, product_id: soap.id, stock: 8 })
      assert.deepInclude(broken.json.data.movement, { delta: -2, note: "Cassé", code: "SAV-1" })
      yield* adjust(owner, { sku_id: soap.variants[0].id, quantity: 5, reason: "Arrivage" })
      yield* count(owner, soap, 12)
      assert.deepStrictEqual(yield* movementsOf(owner, `product_id=${soap.id}`), [
        [-1, "recount", "seller", null],
        [5, "adjust", "seller", "Arrivage"],
        [-2, "adjust", "seller", "Cassé"],
        [1, "return", "seller", null],
        [3, "cancel", "seller", null],
        [-1, "order", "guest", null],
        [-3, "order", "guest", null],
        [10, "opening", "seller", null]
      ])
      const sql = yield* SqlClient.SqlClient
      const parts = [placed, kept].map(({ seller_orders: [part] }) => part.id)
      const references = yield* sql<{ reason: string; reference: string }>`
        SELECT reason, reference FROM stock_movements WHERE sku_id = ${soap.variants[0].id} AND reference IS NOT NULL
        ORDER BY id`
      assert.deepStrictEqual(
        references.map(({ reason, reference }) => [reason, parts.indexOf(reference)]),
        [
          ["order", 0],
          ["order", 1],
          ["cancel", 0],
          ["return", 1]
        ]
      )
      const told = yield* sql<{ type: string; stock: number | null }>`
        SELECT type, (payload ->> 'stock')::int AS stock FROM events WHERE entity = ${soap.id} ORDER BY id`
      assert.deepStrictEqual(
        told.map(({ type, stock }) => [type, stock]),
        [
          ["product.created", null],
          ["product.stocked", 8],
          ["product.stocked", 13],
          ["product.stocked", 12],
          ["product.changed", null]
        ]
      )
      assert.deepStrictEqual(yield* movementsOf(yield* seller, `product_id=${soap.id}`), [])
      yield* assertMovementsSum
    })
  )

  it.effect("never falls below nothing, and is adjusted by its shop alone", () =>
    Effect.gen(function* () {
      const owner = yield* seller
      const soap = yield* addProduct(owner, { stock: 2, sku: "X" })
      const refused = yield* adjust(owner, { product_id: soap.id, quantity: -3 })
      assert.deepStrictEqual([refused.status, refused.json.error.code], [409, "OUT_OF_STOCK"])
      assert.deepInclude(refused.json.error.details[0], { product_id: soap.id, available: 2, requested: 3 })
      const stranger = yield* seller
      for (const body of [{ product_id: soap.id }, { code: "X" }, { sku_id: absent }]) {
        assert.strictEqual((yield* adjust(stranger, { ...body, quantity: 1 })).status, 404)
      }
      const loose = yield* addProduct(owner)
      const cases: ReadonlyArray<readonly [string, object]> = [
        ["quantity", { product_id: soap.id, quantity: 0 }],
        ["quantity", { product_id: soap.id, quantity: 1.5 }],
        ["quantity", { product_id: loose.id, quantity: 1 }],
        ["sku_id", { quantity: 1 }],
        ["reason", { product_id: soap.id, quantity: 1, reason: "" }]
      ]
      for (const [field, body] of cases) {
        const { status, json } = yield* adjust(owner, body)
        assert.deepStrictEqual([status, json.error.details[0].field], [422, field])
      }
      assert.strictEqual(yield* stockOf(soap), 2)
    })
  )

  it.effect("loses nothing when it is adjusted and sold at once", () =>
    Effect.gen(function* () {
      const owner = yield* seller
      const soap = yield* addProduct(owner, { stock: 100 })
      const sell = Effect.asVoid(order([{ product_id: soap.id, quantity: 1 }]))
      const add = Effect.asVoid(adjust(owner, { product_id: soap.id, quantity: 2 }))
      yield* Effect.all(
        Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? sell : add)),
        { concurrency: "unbounded" }
      )
      assert.strictEqual(yield* stockOf(soap), 120)
      yield* assertMovementsSum
    }).pipe(insisting)
  )

  it.effect("that is tracked no more gets nothing back, and its movements come to nothing", () =>
    Effect.gen(function* () {
      const owner = yield* seller
      const soap = yield* addProduct(owner, { stock: 10 })
      const placed = yield* order([{ product_id: soap.id, quantity: 3 }])
      yield* count(owner, soap, null)
      yield* move(owner, placed.id, "cancelled")
      assert.isNull(yield* stockOf(soap))
      yield* assertMovementsSum
    })
  )

  it.effect("keeps its movements when its variant or its product goes", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const owner = yield* seller
      const soap = yield* addProduct(owner, { stock: 10 })
      const fresh = yield* addProduct(owner, { stock: 10 })
      yield* adjust(owner, { product_id: soap.id, quantity: -3, reason: "Volés" })
      const path = `/api/v1/products/${soap.id}`
      const body = { variants: [{ options: { taille: "L" } }] }
      assert.strictEqual((yield* server.send("PUT", `${path}/variants`, { ...owner, body })).status, 200)
      const kept = [
        [-3, "adjust", "seller", "Volés"],
        [10, "opening", "seller", null]
      ]
      assert.deepStrictEqual(yield* movementsOf(owner, `product_id=${soap.id}`), kept)
      const outcomes = yield* Effect.forEach([soap, fresh], ({ id }) =>
        Effect.map(server.send("DELETE", `/api/v1/products/${id}`, owner), ({ json }) => json.data.outcome)
      )
      assert.deepStrictEqual(outcomes, ["archived", "deleted"])
      assert.deepStrictEqual(yield* movementsOf(owner, `product_id=${soap.id}`), kept)
    })
  )
})
