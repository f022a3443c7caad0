/** Connections to PostgreSQL whose other end is gone without a word: requests are answered on others before long. */
import { assert, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import * as DevIssuer from "../../src/layers/DevIssuer.ts"
import { between } from "../support/between.ts"
import { freshDatabase } from "../support/database.ts"
import { temporaryDirectory } from "../support/directory.ts"
import { eventually } from "../support/eventually.ts"
import { spawnServer } from "../support/process.ts"
import { type Person, TestServer } from "../support/server.ts"
import { addProduct, buyer, customer, seller } from "../support/shop.ts"

const roundsInARow = 50

it.live(
  "they are asked to come again, and served within half a minute, also when everybody leaves early",
  () =>
    Effect.gen(function* () {
      const { url, silence } = yield* Effect.flatMap(freshDatabase, between)
      const context = yield* Layer.build(TestServer.over(Effect.succeed(url)))
      yield* Effect.gen(function* () {
        const server = yield* TestServer
        const owner = yield* seller
        const person = yield* buyer
        const { id } = yield* addProduct(owner, { stock: 1000 })
        let price = 1
        const all = Effect.all(
          [
            Effect.suspend(() => server.get(`/api/v1/products?min_price=${price++}`)),
            server.get("/api/v1/products?search=savon"),
            server.get("/api/v1/users/me", person),
            server.post("/api/v1/orders", { ...customer, items: [{ product_id: id, quantity: 1 }] }),
            server.post("/api/v1/cart/items", { product_id: id, quantity: 1 }, person),
            server.get("/health/ready")
          ],
          { concurrency: "unbounded" }
        ).pipe(Effect.map((answers) => answers.map(({ status }) => status)))
        const leave = (path: string) =>
          Effect.promise(() => fetch(server.url + path, { signal: AbortSignal.timeout(300) }).catch(() => undefined))
        const leaving = Effect.suspend(() =>
          Effect.all(
            Array.from({ length: 30 }, () => leave(`/api/v1/products?min_price=${price++}`)),
            { concurrency: "unbounded" }
          )
        )
        assert.deepStrictEqual(yield* all, [200, 200, 200, 201, 201, 200])
        yield* silence
        const seen = new Set<number>()
        yield* Effect.forkScoped(Effect.forever(leaving))
        let served = 0
        yield* eventually(all, (statuses) => {
          for (const status of statuses) seen.add(status)
          served = statuses.every((status) => status < 300) ? served + 1 : 0
          return served === roundsInARow
        })
        assert.deepStrictEqual([...seen].toSorted(), [200, 201, 503])
      }).pipe(Effect.provide(context))
    }).pipe(Effect.scoped),
  { timeout: 90_000 }
)

it.live(
  "a process that waits for one of them ends when it is told to, all the same",
  () =>
    Effect.gen(function* () {
      const { url, silence } = yield* Effect.flatMap(freshDatabase, between)
      const ZST_DATA_DIR = yield* temporaryDirectory("zst-silence-")
      const server = yield* spawnServer(url, { NODE_ENV: "test", ZST_DATA_DIR, JOBS: "off" })
      const token = yield* (yield* Effect.orDie(DevIssuer.load(ZST_DATA_DIR))).sign({ sub: "user_stays" })
      const ask = (method: string, path: string) =>
        Effect.promise(async () => {
          const headers = { authorization: `Bearer ${token}` }
          return (await fetch(`${server.url}/api/v1/users/me${path}`, { method, headers })).status
        })
      assert.strictEqual(yield* ask("POST", "/restore"), 200)
      yield* silence
      // Who they are is read on other connections, and soon again.
      yield* eventually(ask("GET", ""), (status) => status === 200)
      yield* Effect.forkScoped(Effect.exit(ask("POST", "/restore")))
      yield* Effect.sleep("500 millis")
      server.child.kill("SIGTERM")
      assert.deepStrictEqual(yield* server.exited, { code: 1, signal: null })
      assert.match(server.output(), /something did not end within 35 seconds\.\n$/)
    }).pipe(Effect.scoped),
  { timeout: 90_000 }
)

it.live(
  "what closes or opens a shop, and waits longer for its statements, is done again within two minutes",
  () =>
    Effect.gen(function* () {
      const { url, silence } = yield* Effect.flatMap(freshDatabase, between)
      const context = yield* Layer.build(TestServer.over(Effect.succeed(url)))
      yield* Effect.gen(function* () {
        const server = yield* TestServer
        const [owner, other] = [yield* seller, yield* seller]
        const stay = (who: Person) =>
          Effect.map(server.post("/api/v1/users/me/restore", undefined, who), ({ status }) => status)
        const both = Effect.all([stay(owner), stay(other)], { concurrency: "unbounded" })
        assert.deepStrictEqual(yield* both, [200, 200])
        yield* silence
        const seen = new Set<number>()
        yield* eventually(both, (statuses) => {
          for (const status of statuses) seen.add(status)
          return statuses.every((status) => status === 200)
        })
        assert.deepStrictEqual([...seen].toSorted(), [200, 503])
      }).pipe(Effect.provide(context))
    }).pipe(Effect.scoped),
  { timeout: 150_000 }
)
