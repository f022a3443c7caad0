/** Somebody holds a product's row for long: who needs it is asked to come again, and nobody else notices. */
import { assert, it } from "@effect/vitest"
import { Deferred, Effect, Fiber } from "effect"
import { SqlClient } from "effect/sql"
import { eventually } from "../support/eventually.ts"
import { waiting as isLocked, whileHeld } from "../support/locks.ts"
import { TestServer } from "../support/server.ts"
import { addProduct, admin, buyer, seller } from "../support/shop.ts"

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

it.live("one whose own row is locked, and who asks again and again, keeps no administrator from theirs", () =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const server = yield* TestServer
    const [by, person] = [yield* admin, yield* buyer]
    const others = [yield* buyer, yield* buyer, yield* buyer]
    const stuck = yield* whileHeld(
      sql`SELECT FROM users WHERE id = ${person.id} FOR UPDATE`,
      Effect.gen(function* () {
        const asking = yield* Effect.forEach(Array.from({ length: 20 }), () =>
          Effect.forkChild(server.post("/api/v1/users/me/restore", undefined, person))
        )
        yield* isLocked(1)
        for (const { id } of others) {
          const ban = { status: "banned", reason: "Fraude" }
          const { status, text } = yield* server.patch(`/api/v1/admin/users/${id}`, ban, by)
          assert.strictEqual(status, 200, text)
        }
        return asking
      })
    )
    // Who was first may have been asked to come again.
    for (const { status, text } of yield* Effect.forEach(stuck, Fiber.join)) assert.include([200, 503], status, text)
  }).pipe(Effect.provide(TestServer.layer))
)

it.live("whoever needs a locked table is asked to come again, and nobody else notices", () =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const server = yield* TestServer
    const owner = yield* seller
    const person = yield* buyer
    yield* addProduct(owner)
    let price = 1
    const stuck = Effect.suspend(() =>
      Effect.all(
        Array.from({ length: waiting }, () => server.get(`/api/v1/products?min_price=${price++}`)),
        { concurrency: "unbounded" }
      )
    )
    const others = Effect.all(
      [
        server.get("/health/ready"),
        server.get("/api/v1/users/me", person),
        server.get("/api/v1/users/me/addresses", person),
        server.get("/api/v1/orders", person)
      ],
      { concurrency: "unbounded" }
    )
    yield* sql.withTransaction(
      Effect.gen(function* () {
        yield* sql`SET LOCAL idle_in_transaction_session_timeout = 0`
        yield* sql`LOCK TABLE products IN ACCESS EXCLUSIVE MODE`
        for (let round = 0; round < 3; round++) {
          const [refused, served] = yield* Effect.all([stuck, others], { concurrency: "unbounded" })
          for (const { status, headers } of refused) {
            assert.deepStrictEqual([status, headers.get("retry-after")], [503, "2"])
          }
          for (const { status, text } of served) assert.strictEqual(status, 200, text)
        }
      })
    )
    for (const { status } of yield* stuck) assert.strictEqual(status, 200)
  }).pipe(Effect.provide(TestServer.layer))
)

it.live("searches that everybody leaves are ended, and keep nobody waiting", () =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const server = yield* TestServer
    yield* addProduct(yield* seller, { name: "Savon" })
    yield* sql`CREATE OR REPLACE FUNCTION zst_fold(input text) RETURNS text IMMUTABLE LANGUAGE plpgsql AS
      $$ BEGIN PERFORM pg_sleep(2); RETURN input; END $$`
    const leave = Effect.promise(() =>
      fetch(`${server.url}/api/v1/products?search=savon`, { signal: AbortSignal.timeout(200) }).then(
        () => "answered",
        () => "left"
      )
    )
    const searching = Effect.map(
      sql`SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'`,
      ({ length }) => length
    )
    const left = yield* Effect.forkChild(
      Effect.all(
        Array.from({ length: 200 }, () => leave),
        { concurrency: 50 }
      )
    )
    yield* eventually(searching, (count) => count > 0)
    for (let price = 1; price <= 20; price++) {
      assert.strictEqual((yield* server.get(`/api/v1/products?min_price=${price}`)).status, 200)
    }
    assert.deepStrictEqual([...new Set(yield* Fiber.join(left))], ["left"])
    yield* eventually(searching, (count) => count === 0)
  }).pipe(Effect.provide(TestServer.layer))
)
