/** RELIABILITY T1 over HTTP: 500 orders at once for a stock of 50. */
import { assert, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { freshDatabase } from "../support/database.ts"
import { deadlocks } from "../support/market.ts"
import { TestServer } from "../support/server.ts"
import { addProduct, buyer, customer, seller, stockOf } from "../support/shop.ts"

const stock = 50

it.effect("500 orders at once of three products in either order, by guests and users, sell the stock exactly", () =>
  Effect.gen(function* () {
    const url = yield* freshDatabase
    yield* Effect.gen(function* () {
      const server = yield* TestServer
      const [first, second] = [yield* seller, yield* seller]
      const products = [
        yield* addProduct(first, { stock }),
        yield* addProduct(second, { stock }),
        yield* addProduct(first, { stock })
      ]
      const user = yield* buyer
      const items = products.map(({ id }) => ({ product_id: id, quantity: 1 }))
      const answers = yield* Effect.forEach(
        Array.from({ length: 500 }, (_, i) => i),
        (i) =>
          server.post(
            "/api/v1/orders",
            { ...customer, items: i % 2 === 0 ? items : items.toReversed() },
            i % 3 === 0 ? user : {}
          ),
        { concurrency: "unbounded" }
      )
      const statuses = Map.groupBy(answers, ({ status }) => status)
      assert.deepStrictEqual([...statuses.keys()].sort(), [201, 409])
      assert.lengthOf(statuses.get(201) ?? [], stock)
      for (const { json } of statuses.get(409) ?? []) assert.strictEqual(json.error.code, "OUT_OF_STOCK")
      for (const product of products) assert.strictEqual(yield* stockOf(product), 0)
      const numbers = (statuses.get(201) ?? []).map(({ json }) => json.data.order_number)
      assert.strictEqual(new Set(numbers).size, stock)
    }).pipe(Effect.provide(TestServer.over(Effect.succeed(url))))
    assert.strictEqual(yield* deadlocks(Redacted.make(url)), 0)
  })
)
