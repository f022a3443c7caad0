/** What one connection asks for at once. */
import { createServer, type RequestListener } from "node:http"
import { connect } from "node:net"
import { assert, describe, it, layer } from "@effect/vitest"
import { Effect } from "effect"
import { inTurn } from "../../src/server/http/inTurn.ts"
import { eventually } from "../support/eventually.ts"
import { listening } from "../support/listening.ts"
import { TestServer } from "../support/server.ts"
import { addProduct, customer, seller } from "../support/shop.ts"

const get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"

const served = (handler: RequestListener) => listening(createServer(inTurn(handler)))

const dial = (port: number, sent: string) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const client = {
        received: "",
        isClosed: false,
        socket: connect(port, "127.0.0.1", () => client.socket.write(sent))
      }
      client.socket.on("error", () => {})
      client.socket.on("data", (chunk) => {
        client.received += chunk
      })
      client.socket.on("close", () => {
        client.isClosed = true
      })
      return client
    }),
    ({ socket }) => Effect.sync(() => socket.destroy())
  )

describe("requests that arrive together on a connection", () => {
  it.live("are answered one after the other, in their order", () =>
    Effect.gen(function* () {
      let underWay = 0
      let most = 0
      const port = yield* served((request, response) => {
        most = Math.max(most, ++underWay)
        setImmediate(() => {
          underWay--
          response.end(`<${request.url}>`)
        })
      })
      const paths = Array.from({ length: 50 }, (_, i) => `/${i}`)
      const client = yield* dial(port, paths.map((path) => get.replace("/ ", `${path} `)).join(""))
      yield* eventually(Effect.succeed(client), ({ received }) => received.includes("</49>"))
      assert.deepStrictEqual(
        client.received.match(/<[^>]+>/g),
        paths.map((path) => `<${path}>`)
      )
      assert.strictEqual(most, 1)
    }).pipe(Effect.scoped)
  )

  it.live("are not begun while nobody reads the answers before them", () =>
    Effect.gen(function* () {
      const large = Buffer.alloc(16 * 1024 * 1024)
      let begun = 0
      const port = yield* served((_, response) => {
        begun++
        response.end(large)
      })
      const client = yield* dial(port, get.repeat(80))
      client.socket.pause()
      const other = yield* dial(port, get)
      yield* eventually(Effect.succeed(other), ({ received }) => received.length > large.length)
      assert.strictEqual(begun, 2)
    }).pipe(Effect.scoped)
  )

  it.live("may come as often as their answers are waited for", () =>
    Effect.gen(function* () {
      const port = yield* served((_, response) => void setImmediate(() => response.end("<done>")))
      const client = yield* dial(port, get.repeat(60))
      for (let round = 1; round <= 15; round++) {
        yield* eventually(Effect.succeed(client), ({ received }) => received.split("<done>").length > 60 * round)
        client.socket.write(get.repeat(60))
      }
      assert.isFalse(client.isClosed)
    }).pipe(Effect.scoped)
  )

  it.live("are too many at some time", () =>
    Effect.gen(function* () {
      const port = yield* served(() => {})
      const client = yield* dial(port, get.repeat(102))
      yield* eventually(Effect.succeed(client), ({ isClosed }) => isClosed)
      const patient = yield* dial(port, get.repeat(101))
      yield* Effect.sleep("100 millis")
      assert.isFalse(patient.isClosed)
    }).pipe(Effect.scoped)
  )
})

describe("bodies on one connection", () => {
  const post = (body: string) => `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`
  const chunked = (pieces: number) =>
    `POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n${"1\r\nx\r\n".repeat(pieces)}0\r\n\r\n`

  it.live("wait whole, and are read when it is their turn", () =>
    Effect.gen(function* () {
      const port = yield* served((request, response) => {
        let body = ""
        request.on("data", (piece) => {
          body += piece
        })
        request.on("end", () => setTimeout(() => response.end(`<${body}>`), 10))
      })
      const large = "x".repeat(30_000)
      const client = yield* dial(port, `${get}${post(large)}${chunked(200)}${post("after")}`)
      yield* eventually(Effect.succeed(client), ({ received }) => received.endsWith("<after>"))
      assert.deepStrictEqual(
        client.received.match(/<x*>/g)?.map(({ length }) => length - 2),
        [0, large.length, 200]
      )
      // What has waited counts no more, and what comes in its turn never does.
      const longer = post("x".repeat(300_000))
      const answered = client.received.length
      client.socket.write(`${get}${longer.slice(0, 1000)}`)
      yield* eventually(Effect.succeed(client), ({ received }) => received.length > answered)
      client.socket.write(longer.slice(1000))
      yield* eventually(Effect.succeed(client), ({ received }) => received.endsWith(`<${"x".repeat(300_000)}>`))
      for (let round = 1; round <= 3; round++) {
        client.socket.write(`${get}${post(large)}`)
        yield* eventually(Effect.succeed(client), ({ received }) => received.split(`<${large}>`).length === 2 + round)
      }
      assert.isFalse(client.isClosed)
    }).pipe(Effect.scoped)
  )

  it.live("are too much at some time, by their bytes or their pieces, headers, trailers and addresses", () =>
    Effect.gen(function* () {
      const port = yield* served(() => {})
      const trailers = "t: x\r\n".repeat(900)
      for (const sent of [
        post("x".repeat(70_000)),
        post("x".repeat(40_000)).repeat(2),
        chunked(1000),
        `GET / HTTP/1.1\r\nHost: x\r\nX: ${"h".repeat(8000)}\r\n\r\n`.repeat(10),
        `GET / HTTP/1.1\r\nHost: x\r\n${"h: x\r\n".repeat(900)}\r\n`,
        `GET /${"p".repeat(8000)} HTTP/1.1\r\nHost: x\r\n\r\n`.repeat(10),
        `POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n${trailers}\r\n`
      ]) {
        const client = yield* dial(port, `${get}${sent}`)
        yield* eventually(Effect.succeed(client), ({ isClosed }) => isClosed)
      }
    }).pipe(Effect.scoped)
  )
})

layer(TestServer.layer)("what is no request behind an order", (it) => {
  it.effect("is refused after the order's own answer", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const { id } = yield* addProduct(yield* seller, { stock: 10 })
      const body = JSON.stringify({ ...customer, items: [{ product_id: id, quantity: 1 }] })
      const order =
        "POST /api/v1/orders HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n" +
        `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
      const client = yield* dial(Number(new URL(server.url).port), `${order}${order}what is this\r\n\r\n`)
      yield* eventually(Effect.succeed(client), ({ isClosed }) => isClosed)
      assert.deepStrictEqual(client.received.match(/HTTP\/1\.1 \d+/g), ["HTTP/1.1 201", "HTTP/1.1 201", "HTTP/1.1 400"])
    }).pipe(Effect.scoped)
  )
})
