import { connect } from "node:net"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { TestServer } from "../support/server.ts"

const rawRequest = (url: string, text: string) =>
  Effect.promise(
    () =>
      new Promise<string>((resolve, reject) => {
        const socket = connect(Number(new URL(url).port), "127.0.0.1", () => socket.write(text))
        let answer = ""
        socket.on("data", (chunk) => {
          answer += chunk
        })
        socket.on("close", () => resolve(answer))
        socket.on("error", reject)
      })
  )

layer(TestServer.layer)("the platform", (it) => {
  it.effect("an unknown address is a 404 in the error envelope", () =>
    Effect.gen(function* () {
      const { get } = yield* TestServer
      for (const path of ["/", "/api/v1/nothing", "/api/v2/products", "/api/v1/products/a/b/c"]) {
        const answer = yield* get(path, { headers: { "x-request-id": "req-1" } })
        assert.strictEqual(answer.status, 404, path)
        assert.strictEqual(answer.json.error.code, "NOT_FOUND")
        assert.strictEqual(answer.json.error.request_id, "req-1")
        assert.strictEqual(answer.headers.get("x-request-id"), "req-1")
      }
    })
  )

  it.effect("a request id that is not plain is replaced", () =>
    Effect.gen(function* () {
      const { get } = yield* TestServer
      const answer = yield* get("/health", { headers: { "x-request-id": "<script>" } })
      assert.match(answer.headers.get("x-request-id") ?? "", /^[0-9a-f-]{36}$/)
    })
  )

  it.effect("malformed JSON is a 400, and nothing of it is echoed", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const seller = yield* server.person("seller")
      const answer = yield* server.send("POST", "/api/v1/products", { ...seller, raw: '{"name": "secret' })
      assert.strictEqual(answer.status, 400)
      assert.strictEqual(answer.json.error.code, "MALFORMED_JSON")
      assert.notInclude(answer.text, "secret")
    })
  )

  it.effect("JSON is accepted under any name that a client gives it, but not as another medium", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const seller = yield* server.person("seller")
      const raw = JSON.stringify({ name: "Sans type", price: 10 })
      for (const type of ["application/x-www-form-urlencoded", "text/plain", "application/vnd.api+json"]) {
        const answer = yield* server.send("POST", "/api/v1/products", {
          ...seller,
          raw,
          headers: { "content-type": type }
        })
        assert.strictEqual(answer.status, 201, type)
      }
      const refused = yield* server.send("POST", "/api/v1/products", {
        ...seller,
        raw: "<a/>",
        headers: { "content-type": "text/xml" }
      })
      assert.strictEqual(refused.status, 415)
      assert.strictEqual(refused.json.error.code, "UNSUPPORTED_MEDIA_TYPE")
    })
  )

  it.effect("a body over 256 KiB is a 413, announced or not", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const seller = yield* server.person("seller")
      const raw = JSON.stringify({ name: "x".repeat(10_000_000), price: 1 })
      const announced = yield* server.send("POST", "/api/v1/products", { ...seller, raw })
      assert.strictEqual(announced.status, 413)
      assert.strictEqual(announced.json.error.code, "BODY_TOO_LARGE")
      const chunk = "x".repeat(300_000)
      const chunked = yield* rawRequest(
        server.url,
        `POST /api/v1/products HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${seller.token}\r\n` +
          `Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n` +
          `${chunk.length.toString(16)}\r\n${chunk}\r\n0\r\n\r\n`
      )
      assert.match(chunked, /^HTTP\/1\.1 413 /)
      assert.include(chunked, "BODY_TOO_LARGE")
    })
  )

  it.effect("both a length and chunks, as smugglers send, is refused", () =>
    Effect.gen(function* () {
      const { url } = yield* TestServer
      const answer = yield* rawRequest(
        url,
        "POST /api/v1/products HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
      )
      assert.match(answer, /^HTTP\/1\.1 400 /)
    })
  )

  it.effect("headers over 16 KiB are a 431", () =>
    Effect.gen(function* () {
      const { url } = yield* TestServer
      const answer = yield* rawRequest(url, `GET /health HTTP/1.1\r\nHost: x\r\nX-A: ${"a".repeat(17_000)}\r\n\r\n`)
      assert.match(answer, /^HTTP\/1\.1 431 /)
    })
  )

  it.effect("every answer carries the security headers", () =>
    Effect.gen(function* () {
      const { get } = yield* TestServer
      for (const path of ["/health", "/api/v1/products", "/api/v1/products", "/api/v1/nothing"]) {
        const { headers } = yield* get(path)
        assert.strictEqual(headers.get("x-content-type-options"), "nosniff", path)
        assert.include(headers.get("content-security-policy") ?? "", "frame-ancestors 'none'")
      }
    })
  )

  it.effect("a page in another origin may read what is public", () =>
    Effect.gen(function* () {
      const { send } = yield* TestServer
      const headers = { origin: "https://shop.example", "access-control-request-method": "POST" }
      const preflight = yield* send("OPTIONS", "/api/v1/orders", {
        headers: { ...headers, "access-control-request-headers": "authorization,content-type,x-order-token" }
      })
      assert.strictEqual(preflight.status, 204)
      assert.strictEqual(preflight.headers.get("access-control-allow-origin"), "*")
      assert.include(preflight.headers.get("access-control-allow-methods") ?? "", "POST")
      assert.include(preflight.headers.get("access-control-allow-headers") ?? "", "authorization")
      const read = yield* send("GET", "/api/v1/products", { headers: { origin: "https://shop.example" } })
      assert.strictEqual(read.headers.get("access-control-allow-origin"), "*")
    })
  )

  it.effect("answers over 1 KiB are compressed for those who ask, the same whichever way they are served", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const seller = yield* server.person("seller")
      for (let i = 0; i < 5; i++) yield* server.post("/api/v1/products", { name: `Produit ${i}`, price: 100 }, seller)
      const plain = yield* server.get("/api/v1/products?limit=5", { headers: { "accept-encoding": "identity" } })
      for (const encoding of ["br", "gzip"]) {
        for (const visit of ["first", "kept"]) {
          const answer = yield* server.get("/api/v1/products?limit=5", { headers: { "accept-encoding": encoding } })
          assert.strictEqual(answer.headers.get("content-encoding"), encoding, visit)
          assert.deepStrictEqual(answer.json, plain.json)
        }
      }
      assert.isNull(plain.headers.get("content-encoding"))
    })
  )

  it.effect("health says that the process lives, readiness that the database answers", () =>
    Effect.gen(function* () {
      const { get } = yield* TestServer
      const { data } = (yield* get("/health")).json
      assert.deepStrictEqual([data.status, Object.keys(data)], ["ok", ["status", "timestamp", "uptime"]])
      assert.match(data.timestamp, /^\d{4}-\d\d-\d\dT.*Z$/)
      assert.isAtLeast(data.uptime, 0)
      assert.deepStrictEqual((yield* get("/health/ready")).json, { data: { status: "ready", database: true } })
    })
  )

  it.effect("HEAD answers as GET without a body", () =>
    Effect.gen(function* () {
      const { send } = yield* TestServer
      const answer = yield* send("HEAD", "/api/v1/products")
      assert.strictEqual(answer.status, 200)
      assert.strictEqual(answer.text, "")
    })
  )
})
