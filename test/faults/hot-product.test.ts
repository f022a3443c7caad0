/** Carts, orders, deliveries and returns of the same products at once: they wait for one another in turn, never in a circle. */
import { assert, it } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"
import { Services } from "../../src/layers/App.ts"
import { pool } from "../../src/layers/Postgres.ts"
import { Carts } from "../../src/services/cart/Carts.ts"
import { Checkout } from "../../src/services/orders/Checkout.ts"
import { SellerOrders } from "../../src/services/orders/SellerOrders.ts"
import { freshDatabase } from "../support/database.ts"
import { assertMovementsSum, deadlocks, guest, newProduct, newUser } from "../support/market.ts"
import { TestMedia } from "../support/media.ts"

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
