/** Carts, orders, deliveries and returns of the same products at once: they wait for one another in turn, never in a circle. */
import { assert, it } from "@effect/vitest"
import { Deferred, Effect, Layer, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { Services } from "../../src/layers/App.ts"
import { pool } from "../../src/layers/Postgres.ts"
import { Carts } from "../../src/services/cart/Carts.ts"
import { GuestCarts } from "../../src/services/cart/GuestCarts.ts"
import { Checkout } from "../../src/services/orders/Checkout.ts"
import { SellerOrders } from "../../src/services/orders/SellerOrders.ts"
import { freshDatabase } from "../support/database.ts"
import { assertMovementsSum, deadlocks, guest, newProduct, newUser } from "../support/market.ts"
import { TestMedia } from "../support/media.ts"
import { TestServer } from "../support/server.ts"
import { addProduct, buyer, seller } from "../support/shop.ts"

const lanes = 16
const rounds = 40
const numbers = (length: number) => Array.from({ length }, (_, number) => number)

const rush = Effect.gen(function* () {
  const carts = yield* Carts
  const checkout = yield* Checkout
  const sellerOrders = yield* SellerOrders
  const shop = yield* newUser("seller")
  const products = [yield* newProduct(shop, { stock: 100_000 }), yield* newProduct(shop, { stock: 100_000 })]

  const order = Effect.fnUntraced(function* (lane: number) {
    const some = lane % 4 === 1 ? products : products.toReversed()
    const items = some.map((product_id) => ({ product_id, quantity: 1 }))
    const placed = JSON.parse(yield* checkout.place({ caller: undefined }, { ...guest, items }))
    for (const status of ["confirmed", "shipped", "delivered", "returned"] as const) {
      yield* sellerOrders.move(shop, placed.seller_orders[0].id, { status })
    }
  })

  const fill = Effect.forEach(products, (product_id) => carts.add({ token: undefined }, { product_id, quantity: 1 }))

  const lane = (number: number) =>
    Effect.forEach(numbers(rounds), () => (number % 2 === 0 ? Effect.asVoid(fill) : order(number)))
  yield* Effect.forEach(numbers(lanes), lane, { concurrency: "unbounded" })
  yield* assertMovementsSum
})

it.effect("nobody waits in a circle", () =>
  Effect.gen(function* () {
    const url = Redacted.make(yield* freshDatabase)
    const database = pool({ url, maxConnections: lanes })
    yield* rush.pipe(Effect.provide(Services.pipe(Layer.provide(TestMedia), Layer.provideMerge(database))))
    assert.strictEqual(yield* deadlocks(url), 0)
  })
)

it.live("a product goes while carts that hold it are filled, merged, emptied and dropped", () =>
  Effect.gen(function* () {
    const url = yield* freshDatabase
    const rounds = Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const server = yield* TestServer
      const guestCarts = yield* GuestCarts
      const owner = yield* seller
      const people = yield* Effect.forEach(numbers(8), () => buyer)
      const named = Array.from({ length: 30 }, (_, n) => ({ options: { n: String(n) } }))
      for (let round = 0; round < 6; round++) {
        const { id } = yield* addProduct(owner, { name: `Round ${round}` })
        const set = (variants: ReadonlyArray<object>) =>
          server.send("PUT", `/api/v1/products/${id}/variants`, { ...owner, body: { variants } })
        const { variants } = (yield* set(named)).json.data
        // Shown in the reverse of the order that they were made in: whoever goes by either meets the other.
        yield* set(variants.toReversed().map(({ id }: { id: string }) => ({ id })))
        const add = (who: object) => server.post("/api/v1/cart/items", { sku_id: variants[0].id }, who)
        for (const who of people) assert.strictEqual((yield* add(who)).status, 201)
        const tokens = yield* Effect.forEach(people, () =>
          Effect.map(add({}), ({ json }): string => json.data.cart_token)
        )
        yield* sql`INSERT INTO cart_items (id, cart_id, sku_id, quantity, product_name, price_when_added)
          SELECT uuidv7(), c.id, k.id, 1, 'Savon', 100 FROM carts c, skus k
          WHERE k.product_id = ${id} AND NOT k.archived ORDER BY k.id ON CONFLICT DO NOTHING`
        yield* sql`UPDATE carts SET updated_at = now() - interval '40 days' WHERE token_hash IN (
          SELECT token_hash FROM carts WHERE token_hash IS NOT NULL ORDER BY id LIMIT 4)`
        const headers = (n: number) => ({ headers: { "x-cart-token": tokens[n] ?? "" } })
        const acts = people.map((who, n) => [
          server.send("DELETE", "/api/v1/cart", who),
          n < 4 ? add(who) : server.send("POST", "/api/v1/cart/merge", { ...who, ...headers(n) })
        ])
        const removal = server.send("DELETE", `/api/v1/products/${id}`, owner)
        const [answers] = yield* Effect.all(
          [Effect.all([...acts.flat(), removal], { concurrency: "unbounded" }), guestCarts.prune],
          { concurrency: "unbounded" }
        )
        for (const { status, text } of answers) assert.isBelow(status, 500, text)
        assert.strictEqual(answers.at(-1)?.status, 200)
        yield* sql`DELETE FROM carts`
      }
    })
    yield* Effect.provide(rounds, TestServer.over(Effect.succeed(url)))
    assert.strictEqual(yield* deadlocks(Redacted.make(url)), 0)
  })
)

it.live("an old cart that is just used is not dropped", () =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const server = yield* TestServer
    const guestCarts = yield* GuestCarts
    const { json } = yield* server.post("/api/v1/cart/items", { product_id: (yield* addProduct(yield* seller)).id })
    yield* sql`UPDATE carts SET updated_at = now() - interval '40 days'`
    const held = yield* Deferred.make<void>()
    const pruned = yield* Deferred.make<number>()
    const use = Effect.gen(function* () {
      yield* sql`UPDATE carts SET updated_at = now()`
      yield* Deferred.succeed(held, undefined)
      yield* Effect.timeoutOption(Deferred.await(pruned), "5 seconds")
    }).pipe(sql.withTransaction)
    const prune = Effect.gen(function* () {
      yield* Deferred.await(held)
      yield* Deferred.succeed(pruned, yield* guestCarts.prune)
    })
    yield* Effect.all([use, prune], { concurrency: "unbounded" })
    assert.strictEqual(yield* Deferred.await(pruned), 0)
    const kept = yield* server.get("/api/v1/cart", { headers: { "x-cart-token": json.data.cart_token } })
    assert.strictEqual(kept.json.data.count, 1)
  }).pipe(Effect.provide(TestServer.layer))
)
