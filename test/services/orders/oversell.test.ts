/**
 * RELIABILITY T1 in one process, over the real pool: 20 seeds of 100 concurrent orders each. `orders-race.test.ts` runs
 * one of 500 over HTTP.
 */
import { assert, layer } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { Services } from "../../../src/layers/App.ts"
import { pool } from "../../../src/layers/Postgres.ts"
import { Carts } from "../../../src/services/cart/Carts.ts"
import { Checkout } from "../../../src/services/orders/Checkout.ts"
import { freshDatabase } from "../../support/database.ts"
import { assertMovementsSum, deadlocks, guest, newProduct, newUser } from "../../support/market.ts"
import { TestMedia } from "../../support/media.ts"
import { pick, randomFrom, shuffled } from "../../support/random.ts"
import { untilServed } from "../../support/untilServed.ts"

const stock = 50
const seeds = Array.from({ length: 20 }, (_, seed) => seed)

/** A hundred orders at once: the same three products in either order, or whatever the seed says of five. */
const rush = Effect.fnUntraced(function* (seed: number) {
  const random = randomFrom(seed)
  const checkout = yield* Checkout
  const carts = yield* Carts
  const sellers = [yield* newUser("seller"), yield* newUser("seller")]
  const buyer = yield* newUser("customer")
  const products = yield* Effect.forEach([0, 1, 2, 3, 4], (i) =>
    newProduct(sellers[i % 2] ?? buyer, { stock: i === 4 ? null : stock })
  )
  const same = seed % 2 === 0
  const orders = Array.from({ length: 100 }, (_, i) => {
    const some = same ? products.slice(0, 3) : shuffled(random, products).slice(0, 1 + Math.floor(random() * 3))
    const items = (i % 2 === 0 ? some : some.toReversed()).map((product_id) => ({
      product_id,
      quantity: same ? 1 : pick(random, [1, 2, 3])
    }))
    return { caller: random() < 0.5 ? buyer : undefined, items }
  })
  const ownCart = yield* newUser("customer")
  for (const product_id of products.slice(0, 2)) yield* carts.add({ user: ownCart.id }, { product_id, quantity: 1 })
  const outcomes = yield* Effect.forEach(
    [...orders, { caller: ownCart, items: undefined }],
    ({ caller, items }) =>
      untilServed(
        checkout.place({ caller }, { ...guest, ...(items === undefined ? { from_cart: true } : { items }) })
      ).pipe(Effect.match({ onSuccess: () => "placed", onFailure: ({ _tag }) => _tag })),
    { concurrency: "unbounded" }
  )
  return { products, outcomes, same }
})

/** One database for all: each seed has products of its own. No deadlock was broken in it, once everybody has left. */
const OnDatabase = Layer.unwrap(
  Effect.gen(function* () {
    const url = Redacted.make(yield* freshDatabase)
    yield* Effect.addFinalizer(() => Effect.map(deadlocks(url), (broken) => assert.strictEqual(broken, 0)))
    return Services.pipe(Layer.provide(TestMedia), Layer.provideMerge(pool({ url, maxConnections: 10 })))
  })
)

layer(OnDatabase)("orders at once", (it) => {
  it.effect.each(seeds)("seed %i: what was sold and what is left is what there was", (seed) =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const { products, outcomes, same } = yield* rush(seed)
      const placed = outcomes.filter((outcome) => outcome === "placed").length
      assert.deepStrictEqual(new Set(outcomes), new Set(["placed", "OutOfStock"]))
      if (same) assert.strictEqual(placed, stock)
      const rows = yield* sql<{ id: string; stock: number | null; sold: number; held: number }>`
        SELECT p.id, s.stock, coalesce(sum(i.quantity), 0)::int AS sold,
          coalesce(sum(i.quantity) FILTER (WHERE i.stock_taken), 0)::int AS held
        FROM products p JOIN skus s ON s.product_id = p.id LEFT JOIN order_items i ON i.sku_id = s.id
        WHERE p.id = ANY(${products}::uuid[]) GROUP BY p.id, s.id`
      yield* assertMovementsSum
      assert.lengthOf(rows, products.length)
      for (const row of rows) {
        if (row.stock === null) assert.strictEqual(row.held, 0)
        else {
          assert.strictEqual(row.stock + row.sold, stock)
          assert.strictEqual(row.held, row.sold)
          assert.isAtLeast(row.stock, 0)
        }
      }
      const [orders] = yield* sql<{ count: number; totals: boolean }>`
        SELECT count(*)::int AS count, bool_and(o.total = (
          SELECT sum(i.price * i.quantity) FROM order_items i WHERE i.order_id = o.id
        ) AND o.total = (SELECT sum(total) FROM seller_orders so WHERE so.order_id = o.id)) AS totals
        FROM orders o WHERE EXISTS (
          SELECT FROM order_items i JOIN skus s ON s.id = i.sku_id
          WHERE i.order_id = o.id AND s.product_id = ANY(${products}::uuid[]))`
      assert.deepStrictEqual(orders, { count: placed, totals: true })
    })
  )
})
