/** Sockets to PostgreSQL, here to a peer that says what it is told to. */
import { createServer, type Socket } from "node:net"
import { assert, it } from "@effect/vitest"
import { Duration, Effect, Fiber, Redacted, Schedule } from "effect"
import { socketsTo } from "../../src/layers/postgres/sockets.ts"
import { eventually } from "../support/eventually.ts"
import { listening } from "../support/listening.ts"

it.live("a peer that is silent is given up, however often it is asked", () =>
  Effect.gen(function* () {
    const port = yield* listening(createServer(() => {}))
    const socket = socketsTo(Redacted.make(`postgresql://someone@127.0.0.1:${port}/any`), Duration.millis(400))()
    let fault: Error | undefined
    socket.on("error", (error) => {
      fault = error
    })
    const asking = yield* Effect.forkScoped(
      Effect.repeat(
        Effect.sync(() => socket.write("asked")),
        Schedule.spaced(50)
      )
    )
    yield* eventually(
      Effect.sync(() => fault),
      (error) => error !== undefined
    )
    yield* Fiber.interrupt(asking)
    assert.strictEqual(fault?.message, "PostgreSQL did not answer in time")
  }).pipe(Effect.scoped)
)

it.live("what is asked is answered in time or given up, also after the socket was idle for longer", () =>
  Effect.gen(function* () {
    let peer: Socket | undefined
    const server = createServer((socket) => {
      peer = socket
    })
    const port = yield* listening(server)
    for (const query of ["", "?sslmode=require"]) {
      const url = Redacted.make(`postgresql://someone@127.0.0.1:${port}/any${query}`)
      const socket = socketsTo(url, Duration.millis(200))()
      let heard = 0
      let fault: Error | undefined
      socket.on("data", (bytes: Buffer) => {
        heard += bytes.length
      })
      socket.on("error", (error) => {
        fault = error
      })
      socket.write("asked")
      yield* eventually(
        Effect.sync(() => peer),
        (there) => there !== undefined
      )
      peer?.write("answered")
      yield* eventually(
        Effect.sync(() => heard),
        (bytes) => bytes === 8
      )
      yield* Effect.sleep("900 millis")
      assert.isFalse(socket.destroyed, "idle is not silent")
      socket.write("asked again")
      yield* eventually(
        Effect.sync(() => fault),
        (error) => error !== undefined
      )
      assert.strictEqual(fault?.message, "PostgreSQL did not answer in time")
      assert.isTrue(socket.destroyed)
      peer?.destroy()
      peer = undefined
    }
  }).pipe(Effect.scoped)
)
