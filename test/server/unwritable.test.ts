import { createServer, type RequestListener } from "node:http"
import { NodeHttpServer } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { HttpServerRequest, HttpServerResponse } from "effect/http"
import { cuttingUnwritable } from "../../src/server/http/unwritable.ts"
import { listening } from "../support/listening.ts"

/** Of another alphabet, which no header can hold. */
const unwritable = "https://متجر.الجزائر"

const served = Effect.fnUntraced(function* (handler: RequestListener) {
  const faults: Array<unknown> = []
  const cutWhenUnwritable = cuttingUnwritable((error) => faults.push(error))
  const server = createServer((request, response) => {
    cutWhenUnwritable(response)
    handler(request, response)
  })
  const port = yield* listening(server)
  const url = `http://127.0.0.1:${port}`
  const get = (path: string) =>
    Effect.promise(() =>
      fetch(url + path, { signal: AbortSignal.timeout(2000) }).then(
        (response) => response.text(),
        (error) => String(error.cause?.code ?? error.name)
      )
    )
  return { get, faults }
})

const isCut = Effect.fnUntraced(function* (handler: RequestListener) {
  const { get, faults } = yield* served(handler)
  assert.strictEqual(yield* get("/good"), "hello")
  assert.strictEqual(yield* get("/bad"), "UND_ERR_SOCKET")
  assert.lengthOf(faults, 1)
  assert.match(String(faults[0]), /Invalid character in header content/)
  assert.strictEqual(yield* get("/good"), "hello")
})

describe("an answer whose head cannot be written", () => {
  it.live("ends its connection, and no other", () =>
    Effect.scoped(
      isCut((request, response) => {
        const origin = request.url === "/bad" ? unwritable : "*"
        response.writeHead(200, ["content-length", "5", "access-control-allow-origin", origin])
        response.end("hello")
      })
    )
  )

  it.live("ends its connection as well behind Effect's server, which answers once more", () =>
    Effect.gen(function* () {
      const app = Effect.map(HttpServerRequest.HttpServerRequest, ({ url }) =>
        // After the length, as CORS sets it.
        HttpServerResponse.setHeader(
          HttpServerResponse.text("hello"),
          "access-control-allow-origin",
          url === "/bad" ? unwritable : "*"
        )
      )
      const handler = yield* NodeHttpServer.makeHandler(app, { scope: yield* Effect.scope })
      yield* isCut((request, response) => {
        response.setHeader("x-request-id", "1")
        handler(request, response)
      })
    }).pipe(Effect.provide(NodeHttpServer.layerHttpServices), Effect.scoped)
  )
})
