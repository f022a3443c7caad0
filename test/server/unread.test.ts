import { createServer } from "node:http"
import { type AddressInfo, connect, type Socket } from "node:net"
import { describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { limitUnread } from "../../src/server/http/unread.ts"
import { eventually } from "../support/eventually.ts"
import { listenWith, Pages } from "../support/listener.ts"

const mebibyte = 1024 * 1024
const answer = Buffer.alloc(8 * mebibyte)

/** A server with a large answer, and how to ask for it: `reads` or never looks at it. */
const listening = Effect.fnUntraced(function* (limits: Parameters<typeof limitUnread>[1]) {
  const server = createServer((_, response) => response.end(answer))
  limitUnread(server, limits)
  let connections = 0
  server.on("connection", () => {
    connections += 1
  })
  const sockets: Array<Socket> = []
  yield* Effect.acquireRelease(
    Effect.callback<void>((resume) => {
      server.listen(0, "127.0.0.1", () => resume(Effect.void))
    }),
    () =>
      Effect.sync(() => {
        for (const socket of sockets) socket.destroy()
        server.close()
        server.closeAllConnections()
      })
  )
  const { port } = server.address() as AddressInfo
  const ask = (reads: boolean) => {
    const client = { received: 0, isOpen: true }
    const socket = connect(port, "127.0.0.1", () => socket.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n"))
    sockets.push(socket)
    socket.on("error", () => {})
    socket.on("close", () => {
      client.isOpen = false
    })
    if (reads) socket.on("data", (chunk) => (client.received += chunk.length))
    else socket.pause()
    return client
  }
  const open = Effect.callback<number>((resume) => {
    server.getConnections((_, count) => resume(Effect.succeed(count)))
  })
  return { ask, open, accepted: Effect.sync(() => connections) }
})

const forever = { silence: 60_000, mostBytes: 1024 * mebibyte, everyMillis: 50 }

describe("an answer that is not read", () => {
  it.live("is given up after a time, and one that is read is not", () =>
    Effect.gen(function* () {
      const { ask, open } = yield* listening({ ...forever, silence: 500 })
      for (let n = 0; n < 5; n++) ask(false)
      yield* eventually(open, (count) => count === 5)
      yield* eventually(open, (count) => count === 0)
      const reader = ask(true)
      yield* eventually(Effect.succeed(reader), ({ received }) => received > answer.length)
    }).pipe(Effect.scoped)
  )

  it.live("is given up when too much waits, and whoever reads has theirs", () =>
    Effect.gen(function* () {
      const { ask, open, accepted } = yield* listening({ ...forever, mostBytes: 40 * mebibyte })
      for (let n = 0; n < 20; n++) ask(false)
      yield* eventually(accepted, (count) => count === 20)
      yield* eventually(open, (count) => count <= 10)
      // Together less than may wait, and later than the others: however slowly they read, it is not they who go.
      const readers = Array.from({ length: 4 }, () => ask(true))
      yield* eventually(Effect.succeed(readers), (all) => all.every(({ received }) => received > answer.length))
    }).pipe(Effect.scoped)
  )

  it.live("is given up by the server that ZST listens with", () =>
    Effect.gen(function* () {
      const large = Buffer.alloc(16 * mebibyte)
      const served = new Set<Socket>()
      const { port } = yield* listenWith(
        (request, response) => {
          served.add(request.socket)
          response.end(large)
        },
        { drainTimeout: 0 }
      )
      yield* Effect.acquireRelease(
        Effect.sync(() =>
          Array.from({ length: 20 }, () => {
            const socket = connect(port, "127.0.0.1", () => socket.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n"))
            return socket.on("error", () => {}).pause()
          })
        ),
        (sockets) => Effect.sync(() => sockets.map((socket) => socket.destroy()))
      )
      const open = Effect.sync(() => [...served].filter(({ destroyed }) => !destroyed).length)
      yield* eventually(open, () => served.size === 20)
      yield* eventually(open, (count) => count <= 4)
    }).pipe(Effect.scoped, Effect.provide(Pages))
  )
})
