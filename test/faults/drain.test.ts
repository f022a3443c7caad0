import { connect, type Socket } from "node:net"
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import * as DevIssuer from "../../src/layers/DevIssuer.ts"
import { childrenOf, gone } from "../support/children.ts"
import { freshDatabase } from "../support/database.ts"
import { eventually } from "../support/eventually.ts"
import { makeAvif } from "../support/heic.ts"
import { spawnServer } from "../support/process.ts"
import { upload } from "../support/upload.ts"
import { temporaryDirectory } from "../support/videoFiles.ts"

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

it.live(
  "SIGTERM ends the server in the time to drain while a picture is decoded, even one that is never done",
  () =>
    Effect.gen(function* () {
      const ZST_DATA_DIR = yield* temporaryDirectory
      const server = yield* spawnServer(yield* freshDatabase, { NODE_ENV: "test", ZST_DATA_DIR, JOBS: "off" })
      const token = yield* (yield* Effect.orDie(DevIssuer.load(ZST_DATA_DIR))).sign({ sub: "user_draws" })
      const { raw, headers } = upload(yield* Effect.promise(() => makeAvif({ width: 512, height: 512 })))
      const sent = fetch(`${server.url}/api/v1/users/me/avatar`, {
        method: "PUT",
        headers: { ...headers, authorization: `Bearer ${token}` },
        body: new Uint8Array(raw)
      }).catch(() => undefined)
      const own = server.child.pid ?? 0
      const [worker = 0] = yield* eventually(
        Effect.sync(() => childrenOf(own)),
        (children) => children.length > 0
      )
      process.kill(worker, "SIGSTOP")
      const told = performance.now()
      server.child.kill("SIGTERM")
      assert.deepStrictEqual(yield* server.exited, { code: 0, signal: null }, server.output())
      assert.isBelow(performance.now() - told, 30_000)
      yield* gone(worker)
      yield* Effect.promise(() => sent)
    }).pipe(Effect.scoped),
  90_000
)
