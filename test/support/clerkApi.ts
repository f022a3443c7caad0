/** Clerk's API as far as we use it, played by a local server that the real client talks to. */
import { createPublicKey } from "node:crypto"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { Context, Effect, Layer } from "effect"
import type { TestKey } from "./tokens.ts"

export type Mode = "ok" | "silent" | "error" | "nonsense" | "html" | "redirect" | "unreachable"

type What = "jwks" | "users"

export type ClerkApi = {
  readonly url: string
  readonly secretKey: string
  /** How it answers from now on. */
  mode: Mode
  /** The keys that it gives, by their ids. */
  keys: Record<string, TestKey>
  readonly users: Map<string, object>
  /** How often it was asked. */
  readonly asked: Record<What, number>
  /** Waits until it was asked so often. */
  readonly untilAsked: (what: What, times: number) => Effect.Effect<void>
  /** From here on nothing listens at its address. */
  readonly stop: Effect.Effect<void>
}

const secretKey = "sk_test_cGxheWVkLWluLXRlc3Rz"

const send = (response: ServerResponse, status: number, body: unknown) => {
  response.writeHead(status, { "content-type": "application/json" })
  response.end(typeof body === "string" ? body : JSON.stringify(body))
}

const jwkOf = ([kid, { publicKeyPem }]: [string, TestKey]) => ({
  ...createPublicKey(publicKeyPem).export({ format: "jwk" }),
  kid,
  use: "sig",
  alg: "RS256"
})

const notFound = { errors: [{ code: "resource_not_found", message: "not found", long_message: "No user was found" }] }

export const startClerkApi = Effect.gen(function* () {
  const watchers = new Set<() => void>()

  const answer = (request: IncomingMessage, response: ServerResponse) => {
    const [, what, id = ""] = /^\/v1\/(jwks|users)(?:\/(.+))?$/.exec(request.url ?? "") ?? []
    if (what !== "jwks" && what !== "users") return send(response, 404, notFound)
    api.asked[what]++
    for (const watcher of watchers) watcher()
    if (request.headers.authorization !== `Bearer ${secretKey}`) return send(response, 401, { errors: [] })
    switch (api.mode) {
      case "silent":
        return
      case "error":
        return send(response, 500, { errors: [{ code: "internal", message: "out of order" }] })
      case "nonsense":
        return send(response, 200, { object: "user", keys: [{ kid: 7 }, null], id: ["?"] })
      case "html":
        return send(response, 200, "<html>")
      case "redirect":
        response.writeHead(302, { location: `${api.url}/v1/jwks?again` })
        return response.end()
      case "unreachable":
        return request.socket.destroy()
      case "ok": {
        if (what === "jwks") return send(response, 200, { keys: Object.entries(api.keys).map(jwkOf) })
        const user = api.users.get(decodeURIComponent(id))
        return user === undefined ? send(response, 404, notFound) : send(response, 200, user)
      }
    }
  }

  const server = createServer(answer)
  yield* Effect.callback<void>((resume) => {
    server.listen(0, "127.0.0.1", () => resume(Effect.void))
  })
  const stop = Effect.callback<void>((resume) => {
    server.close(() => resume(Effect.void))
    server.closeAllConnections()
  })
  yield* Effect.addFinalizer(() => stop)

  const untilAsked = (what: What, times: number) =>
    Effect.callback<void>((resume) => {
      const look = () => {
        if (api.asked[what] < times) return
        watchers.delete(look)
        resume(Effect.void)
      }
      watchers.add(look)
      look()
    })

  const api: ClerkApi = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    secretKey,
    mode: "ok",
    keys: {},
    users: new Map(),
    asked: { jwks: 0, users: 0 },
    untilAsked,
    stop
  }
  return api
})

export class PlayedClerk extends Context.Service<PlayedClerk, ClerkApi>()("zst/test/PlayedClerk") {
  static readonly layer = Layer.effect(PlayedClerk, startClerkApi)
}
