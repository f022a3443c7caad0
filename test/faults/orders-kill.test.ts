/** kill -9 of the real program under load: what it acknowledged is there, and stock is what was ordered. */
import { assert, it } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { pool } from "../../src/layers/Postgres.ts"
import { freshDatabase } from "../support/database.ts"
import { assertMovementsSum, newProduct, newUser } from "../support/market.ts"
import { spawnServer } from "../support/process.ts"
import { pick, randomFrom, seed } from "../support/random.ts"

const stock = 100_000
const customer = { customer_name: "Ahmed", customer_phone: "0555123456" }

type Acknowledged = {
  readonly id: string
  readonly order_number: string
  readonly total: number
  readonly tracking_token: string
}

/** Eight clients that order until the server is gone. `onOrder` hears of each acknowledgement. */
const orderUntilGone = (url: string, items: () => ReadonlyArray<object>, onOrder: (order: Acknowledged) => void) =>
  Effect.promise(() =>
    Promise.all(
      Array.from({ length: 8 }, async () => {
        for (;;) {
          const body = JSON.stringify({ ...customer, items: items() })
          const answer = await fetch(`${url}/api/v1/orders`, { method: "POST", body }).then(
            async (response) => ({ status: response.status, json: (await response.json()) as { data: Acknowledged } }),
            () => undefined
          )
          if (answer === undefined) return
          assert.strictEqual(answer.status, 201)
          onOrder(answer.json.data)
        }
      })
    )
  )

it.effect(`kill -9, three times, loses no acknowledged order and no stock (SEED=${seed})`, () =>
  Effect.gen(function* () {
    const url = yield* freshDatabase
    const random = randomFrom(seed)
    const database = yield* Layer.build(pool({ url: Redacted.make(url), maxConnections: 2 }))
    const { products, sql } = yield* Effect.gen(function* () {
      const owner = yield* newUser("seller")
      const other = yield* newUser("seller")
      const products = [yield* newProduct(owner, { stock }), yield* newProduct(other, { stock })]
      return { products, sql: yield* SqlClient.SqlClient }
    }).pipe(Effect.provide(database))
    const items = () =>
      (random() < 0.5 ? products : [pick(random, products)]).map((product_id) => ({
        product_id,
        quantity: pick(random, [1, 2, 3])
      }))
    const acknowledged: Array<Acknowledged> = []
    for (let round = 0; round < 3; round++) {
      const server = yield* spawnServer(url, { LOG_LEVEL: "Error" })
      const until = acknowledged.length + 20 + Math.floor(random() * 150)
      yield* orderUntilGone(server.url, items, (order) => {
        acknowledged.push(order)
        if (acknowledged.length === until) server.child.kill("SIGKILL")
      })
      assert.strictEqual((yield* server.exited).signal, "SIGKILL")
    }
    const server = yield* spawnServer(url, { LOG_LEVEL: "Error" })
    for (const { id, order_number, total, tracking_token } of acknowledged) {
      const response = yield* Effect.promise(() =>
        fetch(`${server.url}/api/v1/orders/${id}`, { headers: { "x-order-token": tracking_token } })
      )
      assert.strictEqual(response.status, 200)
      const { data } = (yield* Effect.promise(() => response.json())) as { data: Acknowledged }
      assert.deepInclude(data, { order_number, total })
    }
    const rows = yield* sql<{ left: number; ordered: number }>`
      SELECT s.stock AS left, sum(i.quantity)::int AS ordered
      FROM skus s JOIN order_items i ON i.sku_id = s.id GROUP BY s.id`
    yield* assertMovementsSum.pipe(Effect.provideService(SqlClient.SqlClient, sql))
    assert.lengthOf(rows, products.length)
    for (const { left, ordered } of rows) assert.strictEqual(left + ordered, stock)
    const [orders] = yield* sql<{ count: number; whole: boolean }>`
      SELECT count(*)::int AS count, bool_and(
        o.total = (SELECT sum(price * quantity) FROM order_items i WHERE i.order_id = o.id)
        AND o.total = (SELECT sum(total) FROM seller_orders so WHERE so.order_id = o.id)
        AND EXISTS (SELECT FROM order_events e WHERE e.order_id = o.id)) AS whole
      FROM orders o`
    assert.isTrue(orders?.whole)
    // Those that were under way at the end may be there as well: at most one a client and round.
    assert.isAtLeast(orders?.count ?? 0, acknowledged.length)
    assert.isAtMost(orders?.count ?? 0, acknowledged.length + 24)
  })
)
