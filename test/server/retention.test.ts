/** How long things are kept is what the settings say, and what is in use is kept. */
import { assert, layer } from "@effect/vitest"
import { Effect, Exit } from "effect"
import { SqlClient } from "effect/sql"
import { GuestCarts } from "../../src/services/cart/GuestCarts.ts"
import { Expiry } from "../../src/services/orders/Expiry.ts"
import { Guests } from "../../src/services/orders/Guests.ts"
import { freshDatabase } from "../support/database.ts"
import { whileHeld } from "../support/locks.ts"
import { TestServer } from "../support/server.ts"
import { addProduct, admin, move, order, seller } from "../support/shop.ts"

const operator = { id: null, name: "operator test" }

/** So old is every row of this table now. */
const age = Effect.fnUntraced(function* (table: string, days: number) {
  const sql = yield* SqlClient.SqlClient
  const time = sql`now() - make_interval(hours => ${Math.round(days * 24)}::int)`
  yield* sql`UPDATE ${sql(table)} SET created_at = ${time}, updated_at = ${time}`
})

const ordered = Effect.fnUntraced(function* (...moves: ReadonlyArray<string>) {
  const shop = yield* seller
  const placed = yield* order([{ product_id: (yield* addProduct(shop)).id, quantity: 1 }])
  for (const status of moves) yield* move(shop, placed.id, status)
  return { shop, placed }
})

/** A guest's cart with one of these in it: its token and its line. */
const cartOf = Effect.fnUntraced(function* (product: { readonly id: string }) {
  const server = yield* TestServer
  const { json, status, text } = yield* server.post("/api/v1/cart/items", { product_id: product.id })
  assert.strictEqual(status, 201, text)
  return { headers: { "x-cart-token": json.data.cart_token as string }, line: json.data.items[0].id as string }
})

const settings = { ORDER_EXPIRY_DAYS: "3", ORDER_ABANDONED_DAYS: "40", GUEST_DATA_DAYS: "20", GUEST_CART_DAYS: "5" }

layer(TestServer.over(freshDatabase, settings))("a period that was set", (it) => {
  it.effect("is how long a shop has to confirm", () =>
    Effect.gen(function* () {
      const expiry = yield* Expiry
      yield* ordered()
      yield* age("seller_orders", 2.9)
      assert.strictEqual(yield* expiry.run, 0)
      yield* age("seller_orders", 3.1)
      assert.strictEqual(yield* expiry.run, 1)
    })
  )

  it.effect("is how long a guest's data is kept, after the order and after it was abandoned", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const guests = yield* Guests
      yield* sql`UPDATE orders SET customer_phone = ''`
      yield* ordered("cancelled")
      yield* age("orders", 19)
      assert.strictEqual(yield* guests.prune, 0)
      yield* age("orders", 21)
      assert.strictEqual(yield* guests.prune, 1)
      yield* ordered("confirmed")
      yield* age("orders", 39)
      assert.strictEqual(yield* guests.prune, 0)
      yield* age("orders", 41)
      assert.strictEqual(yield* guests.prune, 1)
    })
  )

  it.effect("is how long a guest's cart is", () =>
    Effect.gen(function* () {
      const carts = yield* GuestCarts
      yield* cartOf(yield* addProduct(yield* seller))
      yield* age("carts", 4.9)
      assert.strictEqual(yield* carts.prune, 0)
      yield* age("carts", 5.1)
      assert.strictEqual(yield* carts.prune, 1)
    })
  )
})

layer(TestServer.layer)("a guest's cart", (it) => {
  it.effect("is kept for thirty days since it was last changed", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const carts = yield* GuestCarts
      const soap = yield* addProduct(yield* seller)
      const { headers, line } = yield* cartOf(soap)
      yield* cartOf(soap)
      yield* age("carts", 29.9)
      assert.strictEqual(yield* carts.prune, 0)
      yield* age("carts", 30.1)
      const changed = yield* server.patch(`/api/v1/cart/items/${line}`, { quantity: 2 }, { headers })
      assert.strictEqual(changed.status, 200, changed.text)
      assert.strictEqual(yield* carts.prune, 1)
      assert.lengthOf((yield* server.get("/api/v1/cart", { headers })).json.data.items, 1)
    })
  )

  it.effect("that cannot be dropped keeps no other from it, and is tried again", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const carts = yield* GuestCarts
      const shop = yield* seller
      const [held, free] = [yield* addProduct(shop), yield* addProduct(shop)]
      yield* sql`DELETE FROM carts`
      for (const product of [free, held, free]) yield* cartOf(product)
      yield* age("carts", 31)
      const lock = sql`SELECT FROM skus WHERE product_id = ${held.id} FOR UPDATE`
      const exit = yield* whileHeld(lock, Effect.exit(carts.prune))
      assert.isTrue(Exit.isFailure(exit))
      assert.lengthOf(yield* sql`SELECT FROM carts`, 1)
      assert.strictEqual(yield* carts.prune, 1)
    })
  )

  it.effect("that somebody is just using is left to them", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const carts = yield* GuestCarts
      yield* sql`DELETE FROM carts`
      yield* cartOf(yield* addProduct(yield* seller))
      yield* age("carts", 31)
      assert.strictEqual(yield* whileHeld(sql`SELECT FROM carts FOR UPDATE`, carts.prune), 0)
      assert.strictEqual(yield* carts.prune, 1)
    })
  )
})

layer(TestServer.layer)("guests' orders", (it) => {
  it.effect("end however many were let lie", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const expiry = yield* Expiry
      const shop = yield* seller
      yield* sql`
        INSERT INTO orders (id, order_number, customer_name, customer_phone, subtotal, total)
        SELECT uuidv7(), 'LIE-' || n, 'A', '+213555123456', 100, 100 FROM generate_series(1, 205) n`
      yield* sql`
        INSERT INTO seller_orders (id, order_id, seller_id, subtotal, total)
        SELECT uuidv7(), id, ${shop.id}, 100, 100 FROM orders`
      yield* age("seller_orders", 8)
      assert.strictEqual(yield* expiry.run, 205)
      assert.lengthOf(yield* sql`SELECT FROM orders WHERE status <> 'cancelled'`, 0)
    })
  )

  it.effect("are erased with an entry in the audit log, and one that is being worked on waits", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const server = yield* TestServer
      const guests = yield* Guests
      const boss = yield* admin
      yield* sql`UPDATE orders SET customer_phone = ''`
      const [done, open] = [yield* ordered("cancelled"), yield* ordered("confirmed")]
      const phone = "+213555123456"
      const busy = sql`SELECT FROM orders WHERE id = ${done.placed.id} FOR NO KEY UPDATE`
      assert.deepStrictEqual(yield* whileHeld(busy, guests.erase(operator, phone)), { erased: 0, waiting: 2 })
      assert.deepStrictEqual(yield* guests.erase(operator, phone), { erased: 1, waiting: 1 })
      const { json } = yield* server.get("/api/v1/admin/audit-log?action=order.erase", boss)
      assert.deepStrictEqual(
        json.data.map(({ actor, subject_type, subject_id }: any) => [actor, subject_type, subject_id]),
        [[{ id: null, name: "operator test" }, "order", done.placed.id]]
      )
      yield* move(open.shop, open.placed.id, "cancelled")
      assert.deepStrictEqual(yield* guests.erase(operator, phone), { erased: 1, waiting: 0 })
      yield* ordered("cancelled")
      yield* age("orders", 400)
      assert.strictEqual(yield* guests.prune, 1)
      const asked = yield* server.get("/api/v1/admin/audit-log?action=order.erase", boss)
      // Time asks for no entry: nobody decided it.
      assert.strictEqual(asked.json.meta.total, 2)
    })
  )
})
