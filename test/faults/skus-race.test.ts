/** An order that waits for a sku sees its product as whoever held it left it; nobody waits in a circle. */
import { assert, it } from "@effect/vitest"
import { Effect, Fiber, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { apart } from "../../src/services/sql.ts"
import { freshDatabase } from "../support/database.ts"
import { eventually } from "../support/eventually.ts"
import { assertMovementsSum, deadlocks } from "../support/market.ts"
import { type Answer, insistent, TestServer } from "../support/server.ts"
import { addProduct, admin, buyer, customer, move, order, seller } from "../support/shop.ts"

const base = "/api/v1/products"

/** Until so many statements of this database wait for a lock. */
const waiting = (sql: SqlClient.SqlClient, count: number) =>
  eventually(
    // A transaction sees one picture of the others until it asks for a new one.
    Effect.andThen(
      sql`SELECT pg_stat_clear_snapshot()`,
      sql`SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
    ),
    (rows) => rows.length >= count
  )

/** `change` while a sku of the product is held, then the order or another act: both wait, and are let go together. */
const raced = Effect.fnUntraced(function* (
  product: any,
  change: Effect.Effect<Answer, never, TestServer>,
  act?: Effect.Effect<Answer>
) {
  const sql = yield* SqlClient.SqlClient
  const server = yield* insistent
  const one = [{ product_id: product.id, quantity: 1 }]
  const place = act ?? server.post("/api/v1/orders", { ...customer, items: one })
  const [changing, placing] = yield* Effect.gen(function* () {
    yield* sql`SELECT FROM skus WHERE product_id = ${product.id} FOR UPDATE`
    const changing = yield* Effect.forkChild(change)
    yield* waiting(sql, 1)
    const placing = yield* Effect.forkChild(place)
    yield* waiting(sql, 2)
    return [changing, placing] as const
  }).pipe(sql.withTransaction, Effect.orDie)
  const changed = yield* Fiber.join(changing)
  assert.strictEqual(changed.status, 200, changed.text)
  return yield* Fiber.join(placing)
})

const onServer = <A, E>(effect: Effect.Effect<A, E, TestServer | SqlClient.SqlClient>) =>
  Effect.gen(function* () {
    const url = yield* freshDatabase
    yield* Effect.provide(effect, TestServer.over(Effect.succeed(url)))
    assert.strictEqual(yield* deadlocks(Redacted.make(url)), 0)
  })

it.live("an editor changes the price while an order waits: the order has the new price", () =>
  onServer(
    Effect.gen(function* () {
      const server = yield* insistent
      const owner = yield* seller
      const soap = yield* addProduct(owner, { price: 1000, stock: 5 })
      const placed = yield* raced(soap, server.patch(`${base}/${soap.id}`, { price: 1200, name: "Neuf" }, owner))
      assert.strictEqual(placed.status, 201, placed.text)
      assert.deepInclude(placed.json.data.items[0], { price: 1200 })
      assert.strictEqual(placed.json.data.total, 1200)
      const variants = [{ options: { taille: "M" }, price: 900 }]
      const set = server.send("PUT", `${base}/${soap.id}/variants`, { ...owner, body: { variants } })
      const late = yield* raced(soap, set)
      // The one that the order had found is for sale no longer, and the product is: it stands for another.
      assert.strictEqual(late.status, 201, late.text)
      assert.deepInclude(late.json.data.items[0], { price: 900, options: { taille: "M" } })
      const other = server.send("PUT", `${base}/${soap.id}/variants`, {
        ...owner,
        body: { variants: [{ options: { taille: "L" }, price: 950 }] }
      })
      const cart = yield* raced(
        soap,
        other,
        server.post("/api/v1/cart/items", { product_id: soap.id, quantity: 1 }, yield* buyer)
      )
      assert.strictEqual(cart.status, 201, cart.text)
      // Whichever came first.
      assert.include(["M", "L"], cart.json.data.items[0].options.taille)
    })
  )
)

it.live("a product is archived while its stock is adjusted: it is not", () =>
  onServer(
    Effect.gen(function* () {
      const server = yield* insistent
      const owner = yield* seller
      const soap = yield* addProduct(owner, { stock: 9 })
      yield* order([{ product_id: soap.id, quantity: 1 }])
      const adjust = server.post(
        "/api/v1/seller/inventory/adjust",
        { sku_id: soap.variants[0].id, quantity: -3, reason: "Casse" },
        owner
      )
      const adjusted = yield* raced(soap, server.send("DELETE", `${base}/${soap.id}`, owner), adjust)
      assert.strictEqual(adjusted.status, 404, adjusted.text)
      const sql = yield* SqlClient.SqlClient
      assert.deepStrictEqual(yield* sql`SELECT stock FROM skus WHERE product_id = ${soap.id}`, [{ stock: 8 }])
    })
  )
)

it.live("a product is deleted while it is edited: it does not come back on sale", () =>
  onServer(
    Effect.gen(function* () {
      const server = yield* insistent
      const owner = yield* seller
      const soap = yield* addProduct(owner, { stock: 9 })
      yield* order([{ product_id: soap.id, quantity: 1 }])
      const edit = server.patch(`${base}/${soap.id}`, { price: 5, status: "active" }, owner)
      const edited = yield* raced(soap, server.send("DELETE", `${base}/${soap.id}`, owner), edit)
      assert.strictEqual(edited.status, 404, edited.text)
      const sql = yield* SqlClient.SqlClient
      assert.deepStrictEqual(yield* sql`SELECT status, price FROM products WHERE id = ${soap.id}`, [
        { status: "archived", price: soap.price * 100 }
      ])
    })
  )
)

it.live(
  "what a product or a reference stands for changes while its stock is adjusted: it is what it stands for then",
  () =>
    onServer(
      Effect.gen(function* () {
        const server = yield* insistent
        const sql = yield* SqlClient.SqlClient
        const owner = yield* seller
        const adjust = (named: object) =>
          server.post("/api/v1/seller/inventory/adjust", { ...named, quantity: -3, reason: "Casse" }, owner)
        const set = (id: string, variants: ReadonlyArray<object>) =>
          server.send("PUT", `${base}/${id}/variants`, { ...owner, body: { variants } })
        const soap = yield* addProduct(owner, { stock: 9 })
        const replaced = yield* raced(
          soap,
          set(soap.id, [{ options: { taille: "M" }, stock: 20 }]),
          adjust({ product_id: soap.id })
        )
        assert.strictEqual(replaced.status, 201, replaced.text)
        assert.strictEqual(replaced.json.data.stock, 17)
        const pair = yield* addProduct(owner)
        const [s, m] = [{ options: { taille: "S" } }, { options: { taille: "M" } }]
        const begun = yield* set(pair.id, [
          { ...s, code: "REF-C", stock: 50 },
          { ...m, code: "REF-D", stock: 60 }
        ])
        assert.strictEqual(begun.status, 200, begun.text)
        const swap = set(pair.id, [
          { ...s, code: "REF-D" },
          { ...m, code: "REF-C" }
        ])
        const swapped = yield* raced(pair, swap, adjust({ code: "REF-C" }))
        assert.strictEqual(swapped.status, 201, swapped.text)
        assert.deepStrictEqual(
          yield* sql`SELECT code, stock FROM skus WHERE product_id = ${pair.id} AND NOT archived ORDER BY code`,
          [
            { code: "REF-C", stock: 57 },
            { code: "REF-D", stock: 50 }
          ]
        )
      })
    )
)

it.live("a variant is shown by another picture while an order waits: the order keeps that one", () =>
  onServer(
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const owner = yield* seller
      const soap = yield* addProduct(owner, { stock: 9 })
      const [red, green, blue] = yield* Effect.forEach(["red", "green", "blue"], (name, display_order) =>
        Effect.map(
          sql<{ id: string }>`
            WITH file AS (
              INSERT INTO media (id, owner_id, kind, purpose, status)
              VALUES (uuidv7(), ${owner.id}, 'image', 'product', 'ready') RETURNING id)
            INSERT INTO product_images (id, product_id, media_id, image_url, thumbnail_url, display_order, is_primary)
            SELECT uuidv7(), ${soap.id}, id, ${`https://pictures/${name}`}, '', ${display_order}, ${display_order === 0} FROM file
            RETURNING id`,
          ([row]) => row?.id ?? ""
        )
      )
      assert.isDefined(red)
      const sku = soap.variants[0].id
      yield* sql`UPDATE skus SET image_id = ${green ?? ""} WHERE id = ${sku}`
      const change = sql`UPDATE skus SET image_id = ${blue ?? ""} WHERE id = ${sku}`.pipe(
        apart(sql),
        Effect.as({ status: 200, headers: new Headers(), json: undefined, text: "" }),
        Effect.orDie
      )
      const placed = yield* raced(soap, change)
      assert.strictEqual(placed.status, 201, placed.text)
      const kept = yield* sql`SELECT product_image FROM order_items WHERE sku_id = ${sku}`
      assert.deepStrictEqual(kept, [{ product_image: "https://pictures/blue" }])
    })
  )
)

it.live("a shop closes while an order waits: the order is refused", () =>
  onServer(
    Effect.gen(function* () {
      const server = yield* insistent
      const boss = yield* admin
      const owner = yield* seller
      const soap = yield* addProduct(owner, { stock: 5 })
      const close = server.patch(`/api/v1/admin/users/${owner.id}`, { shop_status: "suspended" }, boss)
      const placed = yield* raced(soap, close)
      assert.strictEqual(placed.status, 404, placed.text)
    })
  )
)

it.live("an order that comes as stock comes back has it", () =>
  onServer(
    Effect.gen(function* () {
      const owner = yield* seller
      const soap = yield* addProduct(owner, { stock: 1 })
      const server = yield* insistent
      for (let round = 0; round < 10; round++) {
        const { id } = yield* order([{ product_id: soap.id, quantity: 1 }])
        const place = server.post("/api/v1/orders", { ...customer, items: [{ product_id: soap.id, quantity: 1 }] })
        const answers = yield* Effect.all([Effect.as(move(owner, id, "cancelled"), undefined), place, place, place], {
          concurrency: "unbounded"
        })
        const statuses = answers.flatMap((answer) => (answer === undefined ? [] : [answer.status]))
        assert.isTrue(
          statuses.every((status) => status === 201 || status === 409),
          statuses.join()
        )
        assert.isAtMost(statuses.filter((status) => status === 201).length, 1)
        for (const answer of answers) {
          if (answer?.status === 201) yield* move(owner, answer.json.data.id, "cancelled")
        }
      }
      yield* assertMovementsSum
    })
  )
)

it.live(
  "orders, editors, adjustments, moves and a shop that closes and opens never wait in a circle",
  () =>
    onServer(
      Effect.gen(function* () {
        const server = yield* insistent
        const boss = yield* admin
        const owner = yield* seller
        const products = yield* Effect.forEach([0, 1, 2], (i) => addProduct(owner, { price: 100 + i, stock: 10_000 }))
        const items = products.map(({ id }) => ({ product_id: id, quantity: 1 }))
        const shop = (status: string) => server.patch(`/api/v1/admin/users/${owner.id}`, { shop_status: status }, boss)
        const work = Effect.fnUntraced(function* (i: number) {
          const { id } = products[i % 3] ?? { id: "" }
          if (i % 20 === 0) return [yield* shop("suspended"), yield* shop("active")]
          if (i % 5 === 1) return [yield* server.patch(`${base}/${id}`, { price: 200 + i }, owner)]
          if (i % 5 === 2) {
            const variants = [{ options: {} }, ...(i % 2 === 0 ? [{ options: { n: `${i % 3}` }, stock: 5 }] : [])]
            return [yield* server.send("PUT", `${base}/${id}/variants`, { ...owner, body: { variants } })]
          }
          if (i % 5 === 3) {
            const body = { sku_id: products[i % 3]?.variants[0].id, quantity: 1, reason: "Arrivage" }
            return [yield* server.post("/api/v1/seller/inventory/adjust", body, owner)]
          }
          const lines = i % 2 === 0 ? items : items.toReversed()
          const placed = yield* server.post("/api/v1/orders", { ...customer, items: lines })
          if (placed.status !== 201) return [placed]
          const status = { status: "cancelled" }
          return [placed, yield* server.patch(`/api/v1/seller/orders/${placed.json.data.id}/status`, status, owner)]
        })
        const answers = yield* Effect.forEach(
          Array.from({ length: 150 }, (_, i) => i),
          work,
          { concurrency: 12 }
        )
        const failed = answers.flat().filter(({ status }) => status >= 500)
        assert.deepStrictEqual(
          failed.map(({ text }) => text),
          []
        )
        yield* assertMovementsSum
      })
    ),
  60_000
)

it.live("a product gets a second variant while somebody who named the product alone waits: nobody chose", () =>
  onServer(
    Effect.gen(function* () {
      const server = yield* insistent
      const owner = yield* seller
      const acts: Record<string, (id: string) => Effect.Effect<Answer>> = {
        order: (id) => server.post("/api/v1/orders", { ...customer, items: [{ product_id: id, quantity: 1 }] }),
        orders: (id) =>
          server.post("/api/v1/orders", {
            ...customer,
            items: [1, 2].map((quantity) => ({ product_id: id, quantity }))
          }),
        cart: (product_id) => server.post("/api/v1/cart/items", { product_id }),
        adjustment: (product_id) =>
          server.post("/api/v1/seller/inventory/adjust", { product_id, quantity: 1, reason: "x" }, owner)
      }
      for (const [name, act] of Object.entries(acts)) {
        const soap = yield* addProduct(owner, { stock: 50 })
        const variants = [
          { id: soap.variants[0].id, options: { taille: "M" } },
          { options: { taille: "L" }, stock: 5 }
        ]
        const set = server.send("PUT", `${base}/${soap.id}/variants`, { ...owner, body: { variants } })
        const late = yield* raced(soap, set, act(soap.id))
        assert.strictEqual(late.json.error?.code, "VARIANT_REQUIRED", `${name} ${late.text}`)
        assert.lengthOf(late.json.error.details[0].variants, 2)
      }
    })
  )
)
