import { connect, type Socket } from "node:net"
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { freshDatabase } from "../support/database.ts"
import { eventually } from "../support/eventually.ts"
import { spawnServer } from "../support/process.ts"

const open = (url: string) =>
  Effect.callback<Socket>((resume) => {
    const socket = connect(Number(new URL(url).port), "127.0.0.1", () => resume(Effect.succeed(socket)))
  })

const received = (socket: Socket) =>
  new Promise<string>((resolve) => {
    let text = ""
    socket.on("data", (chunk) => {
      text += chunk
    })
    socket.on("error", () => resolve(text))
    socket.on("close", () => resolve(text))
  })

it.effect("SIGTERM lets a request under way finish, takes no new one, and ends with code 0", () =>
  Effect.gen(function* () {
    const server = yield* spawnServer(yield* freshDatabase, { NODE_ENV: "test" })
    const socket = yield* open(server.url)
    const answer = received(socket)
    const body = JSON.stringify({ customer_name: "Ahmed" })
    // The request has begun, and its body is not all there, when the signal comes.
    socket.write(
      `POST /api/v1/orders HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`
    )
    yield* Effect.promise(() => fetch(`${server.url}/health`))
    server.child.kill("SIGTERM")
    const refused = Effect.tryPromise(() => fetch(`${server.url}/health`, { headers: { connection: "close" } })).pipe(
      Effect.isFailure
    )
    yield* eventually(refused, (is) => is)
    socket.write(body)
    assert.match(yield* Effect.promise(() => answer), /^HTTP\/1\.1 422 /)
    assert.deepStrictEqual(yield* server.exited, { code: 0, signal: null })
  })
)
