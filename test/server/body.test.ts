import { createServer, type IncomingMessage } from "node:http"
import { connect, type Socket } from "node:net"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { limitBodyTime } from "../../src/server/http/body.ts"
import { listening } from "../support/listening.ts"

const limit = 80
const refusal = "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n"

/** A server that tells of every piece of a body that it received, and answers when all of it is there. */
const bounded = Effect.gen(function* () {
  let onPiece = () => {}
  const server = createServer((request: IncomingMessage, response) => {
    limitBodyTime(request, () => refusal, { wholeBody: limit, silence: limit })
    request.on("data", () => onPiece())
    request.on("end", () => response.end("done"))
    request.on("error", () => {})
  })
  const port = yield* listening(server)
  const send = (head: string, talk: (socket: Socket) => void) =>
    Effect.callback<string>((resume) => {
      const socket = connect(port, "127.0.0.1", () => {
        socket.write(`${head}\r\nHost: x\r\nConnection: close\r\n\r\n`)
        talk(socket)
      })
      let answer = ""
      socket.on("data", (chunk) => {
        answer += chunk
      })
      socket.on("error", () => {})
      socket.on("close", () => resume(Effect.succeed(answer)))
    })
  return {
    send,
    whenPieceCame: (then: () => void) => {
      onPiece = then
    }
  }
})

const json = "POST /api/v1/products HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 100000"
const multipart = "POST /api/v1/x HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 100000"
const upload = "PUT /uploads/x HTTP/1.1\r\nContent-Type: image/png\r\nContent-Length: 100000"

describe("the time of a body", () => {
  it.live("is over for whoever sends nothing more", () =>
    Effect.gen(function* () {
      const { send } = yield* bounded
      for (const head of [json, multipart, upload]) {
        assert.match(yield* send(head, (socket) => socket.write("x")), /^HTTP\/1\.1 408 /, head)
      }
    }).pipe(Effect.scoped)
  )

  it.live("is as long as it keeps coming for an upload, and not for anything else", () =>
    Effect.gen(function* () {
      const { send, whenPieceCame } = yield* bounded
      /** Byte by byte, each once the one before was received, until three times the limit have passed. */
      const slowly = (socket: Socket) => {
        const until = performance.now() + 3 * limit
        let sent = 0
        const next = () => {
          if (socket.destroyed || sent === 100_000) return
          const rest = performance.now() < until ? 1 : 100_000 - sent
          sent += rest
          socket.write("x".repeat(rest))
        }
        whenPieceCame(next)
        next()
      }
      for (const head of [multipart, upload]) assert.match(yield* send(head, slowly), /^HTTP\/1\.1 200 /, head)
      assert.match(yield* send(json, slowly), /^HTTP\/1\.1 408 /)
    }).pipe(Effect.scoped)
  )
})
