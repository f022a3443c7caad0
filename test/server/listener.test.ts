/** The server that ZST listens with, as connections see it. */
import { connect } from "node:net"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Fiber, Scope } from "effect"
import { HttpServerRequest, HttpServerResponse } from "effect/http"
import type { AccessLog } from "../../src/server/http/AccessLog.ts"
import { HotPages } from "../../src/server/http/HotPages.ts"
import type { Handler } from "../../src/server/http/Listener.ts"
import { eventually } from "../support/eventually.ts"
import { listenWith, Pages } from "../support/listener.ts"

const opened = (port: number, sent: string) =>
  Effect.acquireRelease(
    Effect.callback<ReturnType<typeof client>>((resume) => {
      const one = client(port, () => resume(Effect.succeed(one)))
      one.socket.write(sent)
    }),
    ({ socket }) => Effect.sync(() => socket.destroy())
  )

const client = (port: number, onConnect: () => void) => {
  const socket = connect(port, "127.0.0.1", onConnect)
  const heard = { text: "", bytes: 0, isOpen: true }
  socket.on("data", (chunk: Buffer) => {
    heard.bytes += chunk.length
    heard.text = (heard.text + chunk.toString("latin1")).slice(0, 4096)
  })
  socket.on("error", () => {}).on("close", () => (heard.isOpen = false))
  return { socket, heard }
}

const get = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n"

describe("a tunnel that is asked for", () => {
  const asked = "CONNECT a:1 HTTP/1.1\r\nHost: x\r\n\r\n"

  it.live("is refused, and whoever leaves without reading that ends nothing", () =>
    Effect.gen(function* () {
      const { port } = yield* listenWith((_, response) => void response.end("served"))
      const faults: Array<unknown> = []
      const watch = (error: unknown) => void faults.push(error)
      process.on("uncaughtException", watch)
      yield* Effect.addFinalizer(() => Effect.sync(() => process.off("uncaughtException", watch)))
      for (let i = 0; i < 30; i++) {
        const { socket } = yield* opened(port, `${i % 2 ? get : ""}${asked}${"x".repeat(100)}`)
        yield* Effect.sleep(i % 3)
        socket.resetAndDestroy()
      }
      const { heard } = yield* opened(port, get)
      yield* eventually(
        Effect.sync(() => heard.text),
        (text) => text.endsWith("served")
      )
      assert.deepStrictEqual(faults, [])
    }).pipe(Effect.scoped, Effect.provide(Pages))
  )

  it.live("is refused after the answers to what was asked before it", () =>
    Effect.gen(function* () {
      const { port } = yield* listenWith((_, response) => void setTimeout(() => response.end("served"), 100))
      const { heard } = yield* opened(port, `${get}${asked}`)
      const { text } = yield* eventually(
        Effect.sync(() => heard),
        ({ isOpen }) => !isOpen
      )
      assert.match(text, /^HTTP\/1\.1 200 /)
      assert.include(text, "served")
    }).pipe(Effect.scoped, Effect.provide(Pages))
  )
})

it.live("what is no request behind an answer that nobody reads is refused once, however much of it comes", () =>
  Effect.gen(function* () {
    const { port } = yield* listenWith((_, response) => void response.end("x".repeat(8_000_000)))
    const { socket } = yield* opened(port, get.repeat(2))
    socket.pause().setNoDelay(true)
    // Of an answer on which many wait for its end.
    const warnings: Array<Error> = []
    const watch = (warning: Error) => void warnings.push(warning)
    process.on("warning", watch)
    yield* Effect.addFinalizer(() => Effect.sync(() => process.off("warning", watch)))
    for (let i = 0; i < 50; i++) {
      socket.write("no request")
      yield* Effect.sleep("5 millis")
    }
    assert.isFalse(socket.destroyed)
    assert.deepStrictEqual(
      warnings.map(({ name }) => name),
      []
    )
  }).pipe(Effect.scoped, Effect.provide(Pages))
)

/** A listener that drains when it is told to. */
it.live("a hot page answers who says where they ask, and has no body, expectation, origin or long header", () =>
  Effect.gen(function* () {
    const { port } = yield* listenWith((_, response) => void response.end("by the application"))
    const pages = yield* HotPages
    const asked = HttpServerRequest.fromWeb(new Request("http://localhost/hot"))
    const answer = Effect.succeed(HttpServerResponse.text("from memory"))
    for (let i = 0; i < 2; i++) yield* pages.keep(asked, answer)
    const answered = Effect.fnUntraced(function* (version: string, ...headers: ReadonlyArray<string>) {
      const { heard } = yield* opened(port, [`GET /hot HTTP/${version}`, ...headers, "", ""].join("\r\n"))
      const { text } = yield* eventually(
        Effect.sync(() => heard),
        ({ text }) => /memory|application$/.test(text)
      )
      return text.includes("memory")
    })
    assert.isTrue(yield* answered("1.1", "Host: x"))
    assert.isFalse(yield* answered("1.0"))
    for (const unusual of [
      "Origin: https://zst.dz",
      "Expect: 100-continue",
      "Content-Length: 0",
      "Transfer-Encoding: chunked",
      `If-None-Match: ${'"a", '.repeat(200)}"b"`
    ]) {
      const end = unusual.startsWith("T") ? ["", "0"] : []
      assert.isFalse(yield* answered("1.1", "Host: x", unusual, ...end), unusual)
    }
    const short = `If-None-Match: ${'"a", '.repeat(60)}"b"`
    assert.isTrue(yield* answered("1.1", "Host: x", short))
    assert.isFalse(yield* answered("1.1", "Host: x", short, short))
    assert.isTrue(yield* answered("1.1", "Host: x", `Accept-Encoding: ${"gzip;q=0.1, ".repeat(50)}br`))
    assert.isTrue(yield* answered("1.1", "Host: x"))
  }).pipe(Effect.scoped, Effect.provide(Pages))
)

it.live("those who ask for kept pages in one turn are answered once all are heard, whoever leaves meanwhile", () =>
  Effect.gen(function* () {
    const told: Array<string> = []
    const clientAddress = () => {
      told.push("heard")
      return "127.0.0.1"
    }
    const accessLog: AccessLog = {
      line: (_, { writableEnded }) => void told.push(writableEnded ? "answered" : "not"),
      close: Effect.void
    }
    const { port } = yield* listenWith(() => {}, { accessLog, clientAddress })
    const pages = yield* HotPages
    const asked = HttpServerRequest.fromWeb(new Request("http://localhost/a"))
    const answer = Effect.succeed(HttpServerResponse.text("from memory"))
    const clients = yield* Effect.all(Array.from({ length: 5 }, () => opened(port, "")))
    for (let i = 0; i < 2; i++) yield* pages.keep(asked, answer)
    for (const { socket } of clients) socket.write(get)
    clients[2]?.socket.resetAndDestroy()
    // The kernel may hand over what was sent a little later.
    const until = performance.now() + 20
    while (performance.now() < until);
    const stays = clients.filter((_, i) => i !== 2)
    yield* eventually(
      Effect.sync(() => stays.filter(({ heard }) => heard.text.endsWith("from memory"))),
      (answered) => answered.length === stays.length
    )
    assert.deepStrictEqual(told.slice(0, 5), Array(5).fill("heard"))
    assert.lengthOf(told, 10)
    assert.isAtLeast(told.filter((one) => one === "answered").length, stays.length)
  }).pipe(Effect.scoped, Effect.provide(Pages))
)

it.live("who asks for several kept pages and says that nothing more comes is sent all of them", () =>
  Effect.gen(function* () {
    const { port } = yield* listenWith(() => {})
    const pages = yield* HotPages
    const asked = HttpServerRequest.fromWeb(new Request("http://localhost/a"))
    for (let i = 0; i < 2; i++) yield* pages.keep(asked, Effect.succeed(HttpServerResponse.text("from memory")))
    for (let i = 0; i < 10; i++) {
      const { socket, heard } = yield* opened(port, "")
      socket.end(get.repeat(3))
      yield* eventually(
        Effect.sync(() => heard.isOpen),
        (isOpen) => !isOpen
      )
      assert.strictEqual(heard.text.split("from memory").length - 1, 3)
    }
  }).pipe(Effect.scoped, Effect.provide(Pages))
)

it.live("an Accept-Encoding that is longer than any client's is none, for whoever answers", () =>
  Effect.gen(function* () {
    const { port } = yield* listenWith((request, response) =>
      response.end(`read ${request.headers["accept-encoding"]?.length}.`)
    )
    const ofLength = (length: number) => `Accept-Encoding: gzip${" ".repeat(length - 6)}br`
    for (const [headers, read] of [
      [[ofLength(500)], 500],
      [[ofLength(14_000)], undefined],
      [[ofLength(14_000), "Accept-Encoding: gzip"], undefined],
      [["Accept-Encoding: gzip", "Accept-Encoding: br"], "gzip, br".length]
    ] as const) {
      const { heard } = yield* opened(port, `GET / HTTP/1.1\r\nHost: x\r\n${headers.join("\r\n")}\r\n\r\n`)
      const { text } = yield* eventually(
        Effect.sync(() => heard),
        ({ text }) => text.endsWith(".")
      )
      assert.include(text, `read ${read}.`)
    }
  }).pipe(Effect.scoped, Effect.provide(Pages))
)

const drainable = Effect.fnUntraced(function* (handler: Handler, onDrain = Effect.void) {
  const scope = yield* Scope.make()
  const { port } = yield* Scope.provide(listenWith(handler, { onDrain }), scope)
  return { port, drain: Scope.close(scope, Exit.void) }
})

it.live("draining closes who waits for nothing, and nobody who is still receiving", () =>
  Effect.gen(function* () {
    const large = Buffer.alloc(32 * 1024 * 1024)
    const { port, drain } = yield* drainable(
      (request, response) => void response.end(request.url === "/a" ? "served" : large)
    )
    const idle = yield* opened(port, get)
    yield* eventually(
      Effect.sync(() => idle.heard.text),
      (text) => text.endsWith("served")
    )
    const slow = yield* opened(port, "GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
    yield* eventually(
      Effect.sync(() => slow.heard.bytes),
      (bytes) => bytes > 0
    )
    slow.socket.pause()
    const drained = yield* Effect.forkChild(drain)
    yield* eventually(
      Effect.sync(() => idle.heard.isOpen),
      (isOpen) => !isOpen
    )
    yield* Effect.sleep("300 millis")
    slow.socket.resume()
    yield* eventually(
      Effect.sync(() => slow.heard.bytes),
      (bytes) => bytes > large.length
    )
    yield* Fiber.join(drained)
  }).pipe(Effect.scoped, Effect.provide(Pages))
)

it.live("draining tells who goes on asking that the connection ends, and loses none of what they asked", () =>
  Effect.gen(function* () {
    const { port, drain } = yield* drainable((_, response) => void response.end("served"))
    const clients = yield* Effect.forEach(Array.from({ length: 20 }), () => opened(port, get))
    const answers = (text: string) => text.split("served").length - 1
    const asking = yield* Effect.forEach(clients, ({ socket, heard }, i) =>
      Effect.gen(function* () {
        for (let asked = 1; ; asked++) {
          yield* eventually(
            Effect.sync(() => answers(heard.text) === asked || !heard.isOpen),
            (isOver) => isOver
          )
          if (/connection: close/i.test(heard.text) || !heard.isOpen) return { asked, told: answers(heard.text) }
          yield* Effect.sleep(`${5 + 10 * i} millis`)
          socket.write(get)
        }
      }).pipe(Effect.forkChild)
    )
    yield* Effect.sleep("300 millis")
    const drained = yield* Effect.forkChild(drain)
    for (const fiber of asking) {
      const { asked, told } = yield* Fiber.join(fiber)
      assert.strictEqual(told, asked)
    }
    yield* Fiber.join(drained)
  }).pipe(Effect.scoped, Effect.provide(Pages))
)

it.live("draining waits for who has begun a request, and gives up who sends line ends and none", () =>
  Effect.gen(function* () {
    const { port, drain } = yield* drainable((_, response) => void response.end("served"))
    const served = (heard: { readonly text: string }, times: number) =>
      eventually(
        Effect.sync(() => heard.text.split("served").length - 1),
        (count) => count === times
      )
    const [ends, half] = [yield* opened(port, get), yield* opened(port, get)]
    yield* served(ends.heard, 1)
    yield* served(half.heard, 1)
    ends.socket.write("\r\n")
    half.socket.write(get.slice(0, 20))
    const begun = performance.now()
    const drained = yield* Effect.forkChild(drain)
    yield* Effect.sleep("2 seconds")
    half.socket.write(get.slice(20))
    yield* served(half.heard, 2)
    assert.isTrue(ends.heard.isOpen)
    yield* Fiber.join(drained)
    assert.isBelow(performance.now() - begun, 15_000)
  }).pipe(Effect.scoped, Effect.provide(Pages))
)

it.live("draining answers who has connected before it, however many have", () =>
  Effect.gen(function* () {
    const { port, drain } = yield* drainable((_, response) => {
      const until = performance.now() + 1
      while (performance.now() < until);
      response.end("served")
    })
    const clients = yield* Effect.all(
      Array.from({ length: 60 }, () => opened(port, get)),
      { concurrency: "unbounded" }
    )
    yield* drain
    const answered = clients.filter(({ heard }) => heard.text.includes("served"))
    assert.lengthOf(answered, clients.length)
  }).pipe(Effect.scoped, Effect.provide(Pages))
)

for (const stall of [0, 15, 40]) {
  it.live(`draining answers them when the turn in which it begins goes on for ${stall} ms more`, () =>
    Effect.gen(function* () {
      const clients: Array<ReturnType<typeof client>> = []
      // By the kernel they are connected when the turn goes on; nobody has taken them.
      const onDrain = Effect.sync(() => {
        for (let i = 0; i < 10; i++) clients.push(client(port, () => {}))
        for (const { socket } of clients) socket.write(get)
        process.nextTick(() => {
          const until = performance.now() + stall
          while (performance.now() < until);
        })
      })
      const { port, drain } = yield* drainable((_, response) => void response.end("served"), onDrain)
      // What follows an immediate comes before timers, and these before who has connected.
      yield* Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
      yield* drain
      const answered = clients.filter(({ heard }) => heard.text.includes("served"))
      assert.lengthOf(answered, 10)
    }).pipe(Effect.scoped, Effect.provide(Pages))
  )
}

it.live("the lines of those who are cut off at the end are written before it", () =>
  Effect.gen(function* () {
    const told: Array<string> = []
    const accessLog = {
      line: () => void told.push("line"),
      close: Effect.sync(() => void told.push("close"))
    }
    const server = yield* Scope.make()
    const { port } = yield* Scope.provide(
      listenWith(() => {}, { drainTimeout: 100, accessLog }),
      server
    )
    const clients = yield* Effect.all(Array.from({ length: 20 }, () => opened(port, get)))
    yield* Scope.close(server, Exit.void)
    assert.deepStrictEqual(told, [...clients.map(() => "line"), "close"])
  }).pipe(Effect.scoped, Effect.provide(Pages))
)

it.live("who has a kept page already does not have it compressed", () =>
  Effect.gen(function* () {
    const pages = yield* HotPages
    const request = HttpServerRequest.fromWeb(new Request("http://localhost/a"))
    const answer = Effect.succeed(HttpServerResponse.text("a".repeat(4096)))
    const { port } = yield* listenWith((_, response) => void response.end("not kept"))
    yield* pages.keep(request, answer)
    const kept = yield* pages.keep(request, answer)
    const page = pages.find("/a", performance.now())
    const named = `If-None-Match: ${kept.headers.etag}\r\nAccept-Encoding: br\r\n`
    const { heard } = yield* opened(port, get.replace("Host", `${named}Host`))
    yield* eventually(
      Effect.sync(() => heard.text),
      (text) => text.endsWith("\r\n\r\n")
    )
    assert.match(heard.text, /^HTTP\/1.1 304/)
    assert.include(heard.text, `etag: "${page?.tag}-br"`)
    assert.isUndefined(page?.br)
  }).pipe(Effect.scoped, Effect.provide(Pages))
)
