/** How long who is refused may go on sending. */
import { createServer } from "node:http"
import { connect } from "node:net"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { corsOf } from "../../src/server/http/cors.ts"
import { failures } from "../../src/server/http/failures.ts"
import { makeRefusals } from "../../src/server/http/refusals.ts"
import { eventually } from "../support/eventually.ts"
import { listening } from "../support/listening.ts"

const options = { securityHeaders: [], cors: corsOf({ corsOrigins: [], production: false }) }
const forever = { bytes: 2 ** 30, time: 60 * 60_000 }

/** Sends this, and what it was answered while it never ends. */
const sending = Effect.fnUntraced(function* (patience: typeof forever, sent: string) {
  const { refuse } = makeRefusals(options, patience)
  const server = createServer((request, response) => refuse(request, response, failures.mediaType, "id"))
  const port = yield* listening(server)
  const client = { answer: "", isOpen: true }
  const socket = connect(port, "127.0.0.1")
  socket.write(sent)
  socket.on("data", (chunk) => {
    client.answer += chunk
  })
  socket.on("close", () => {
    client.isOpen = false
  })
  socket.on("error", () => {})
  yield* Effect.addFinalizer(() => Effect.sync(() => socket.destroy()))
  const seen = Effect.sync(() => ({ ...client }))
  return { seen, send: (more: string) => Effect.sync(() => socket.write(more)) }
})

const post = "POST / HTTP/1.1\r\nHost: x\r\n"
const isAnswered = ({ answer }: { readonly answer: string }) => answer.startsWith("HTTP/1.1 415 ")

describe("who is refused and still sends", () => {
  it.live("is answered at once when more is announced than anybody throws away", () =>
    Effect.gen(function* () {
      const { seen } = yield* sending({ ...forever, bytes: 1000 }, `${post}Content-Length: 1001\r\n\r\nx`)
      yield* eventually(seen, isAnswered)
    }).pipe(Effect.scoped)
  )

  it.live("is answered after so many bytes, and not before", () =>
    Effect.gen(function* () {
      const part = `190\r\n${"x".repeat(400)}\r\n`
      const { seen, send } = yield* sending(
        { ...forever, bytes: 1000 },
        `${post}Transfer-Encoding: chunked\r\n\r\n${part}`
      )
      yield* send(part)
      assert.strictEqual((yield* seen).answer, "")
      yield* send(part)
      yield* eventually(seen, isAnswered)
    }).pipe(Effect.scoped)
  )

  it.live("is cut off once as much again has come, also when it was answered at once", () =>
    Effect.gen(function* () {
      const part = `190\r\n${"x".repeat(400)}\r\n`
      for (const [head, more] of [
        [`${post}Content-Length: 1000000\r\n\r\n`, "x".repeat(400)],
        [`${post}Transfer-Encoding: chunked\r\n\r\n`, part]
      ] as const) {
        const { seen, send } = yield* sending({ ...forever, bytes: 1000 }, head)
        for (let i = 0; i < 5; i++) yield* send(more)
        yield* eventually(seen, isAnswered)
        assert.isTrue((yield* seen).isOpen)
        yield* send(more)
        yield* eventually(seen, ({ isOpen }) => !isOpen)
      }
    }).pipe(Effect.scoped)
  )

  it.live("is cut off after so long, also when it was answered before", () =>
    Effect.gen(function* () {
      const { seen } = yield* sending({ bytes: 1000, time: 50 }, `${post}Content-Length: 1001\r\n\r\nx`)
      yield* eventually(seen, (client) => isAnswered(client) && !client.isOpen)
    }).pipe(Effect.scoped)
  )

  it.live("may ask for more on the same connection, however long after", () =>
    Effect.gen(function* () {
      const whole = `${post}Content-Length: 1\r\n\r\nx`
      const { seen, send } = yield* sending({ ...forever, time: 100 }, whole)
      yield* eventually(seen, isAnswered)
      yield* Effect.sleep("200 millis")
      yield* send(whole)
      yield* eventually(seen, ({ answer }) => answer.split("HTTP/1.1 415 ").length === 3)
    }).pipe(Effect.scoped)
  )

  it.live("is answered after so long, and cut off", () =>
    Effect.gen(function* () {
      const { seen } = yield* sending({ ...forever, time: 50 }, `${post}Content-Length: 1000\r\n\r\nx`)
      yield* eventually(seen, (client) => isAnswered(client) && !client.isOpen)
    }).pipe(Effect.scoped)
  )
})
