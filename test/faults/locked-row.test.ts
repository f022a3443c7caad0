/** Somebody holds a product's row for long: who needs it is asked to come again, and nobody else notices. */
import { assert, it } from "@effect/vitest"
import { Deferred, Effect, Fiber } from "effect"
import { SqlClient } from "effect/sql"
import { TestServer } from "../support/server.ts"
import { addProduct, buyer, seller } from "../support/shop.ts"

const customer = { customer_name: "Amina Kaci", customer_phone: "0550123456" }
const waiting = 40

it.live("requests that do not need a locked row are answered as ever", () =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const server = yield* TestServer
    // Also when it fails: the server ends after its requests, and they after the lock.
    const isOver = yield* Effect.acquireRelease(Deferred.make<void>(), (over) => Deferred.succeed(over, undefined))
    const owner = yield* seller
    const [held, free] = [yield* addProduct(owner, { stock: 1000 }), yield* addProduct(owner, { stock: 1000 })]
    const order = (product_id: string) =>
      server.post("/api/v1/orders", { ...customer, items: [{ product_id, quantity: 1 }] })
    const isHeld = yield* Deferred.make<void>()
    const holder = yield* Effect.forkChild(
      sql.withTransaction(
        sql`SELECT FROM products WHERE id = ${held.id} FOR UPDATE`.pipe(
          Effect.andThen(sql`SELECT FROM skus WHERE product_id = ${held.id} FOR UPDATE`),
          Effect.andThen(sql`SET LOCAL idle_in_transaction_session_timeout = 0`),
          Effect.andThen(Deferred.succeed(isHeld, undefined)),
          Effect.andThen(Deferred.await(isOver))
        )
      )
    )
    yield* Deferred.await(isHeld)
    const refused: Array<{ status: number; retryAfter: string | null }> = []
    const isSure = Effect.sync(() => refused.length >= 2 * waiting)
    const again = Effect.map(order(held.id), ({ status, headers }) => {
      refused.push({ status, retryAfter: headers.get("retry-after") })
    })
    const stuck = yield* Effect.forkChild(
      Effect.forEach(Array.from({ length: waiting }), () => Effect.repeat(again, { until: () => isSure }), {
        concurrency: "unbounded"
      })
    )
    const person = yield* buyer
    const others = Effect.gen(function* () {
      const answers = yield* Effect.all(
        [
          order(free.id),
          server.get("/api/v1/products"),
          server.get(`/api/v1/products/${held.id}`),
          server.get("/health/ready"),
          server.post("/api/v1/cart/items", { product_id: free.id, quantity: 1 }, person),
          server.get("/api/v1/seller/orders", owner)
        ],
        { concurrency: "unbounded" }
      )
      for (const { status, text } of answers) assert.include([200, 201], status, text)
    })
    let rounds = 0
    yield* Effect.repeat(
      Effect.tap(others, () => Effect.sync(() => rounds++)),
      { until: () => isSure }
    )
    yield* Fiber.join(stuck)
    assert.isAbove(rounds, 1)
    yield* Deferred.succeed(isOver, undefined)
    yield* Fiber.join(holder)
    assert.deepStrictEqual(
      refused.filter(({ status, retryAfter }) => status !== 503 || retryAfter === null),
      []
    )
    assert.strictEqual((yield* order(held.id)).status, 201)
    const [row] = yield* sql`SELECT stock FROM skus WHERE product_id = ${held.id}`
    assert.deepStrictEqual(row, { stock: 999 })
  }).pipe(Effect.scoped, Effect.provide(TestServer.layer))
)
