/** The real server on a random port over a fresh database, and a client that speaks to it over HTTP. */
import { copyFileSync } from "node:fs"
import { join } from "node:path"
import { ConfigProvider, Context, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { inject } from "vitest"
import { grant } from "../../src/cli/devUsers.ts"
import * as DevIssuer from "../../src/layers/DevIssuer.ts"
import { listening, Server } from "../../src/server/main.ts"
import type { Role, SellerCategory, UserId } from "../../src/services/auth/model.ts"
import { Tokens } from "../../src/services/auth/Tokens.ts"
import { Users } from "../../src/services/auth/Users.ts"
import { holdToContract } from "./contract.ts"
import { freshDatabase } from "./database.ts"
import { temporaryDirectory } from "./directory.ts"
import { exchange } from "./http.ts"
import { webhookSecret } from "./webhooks.ts"

export type Answer = {
  readonly status: number
  readonly headers: Headers
  /** The parsed body; tests look into it as they expect it to be. */
  readonly json: any
  readonly text: string
}

export type Send = {
  readonly token?: string | undefined
  readonly body?: unknown
  /** Sent as it is, instead of `body` as JSON. */
  readonly raw?: string | Uint8Array<ArrayBuffer>
  readonly headers?: Record<string, string>
}

export type Person = { readonly id: UserId; readonly token: string }

/** Objects of its own, as the collector sees them all; and the key that the tests sign tokens with. */
const ownDirectory = Effect.gen(function* () {
  const directory = yield* temporaryDirectory("zst-server-")
  yield* Effect.orDie(DevIssuer.load(inject("dataDir")))
  yield* Effect.sync(() => copyFileSync(join(inject("dataDir"), "dev-issuer.pem"), join(directory, "dev-issuer.pem")))
  return directory
})

/** Connections of the server to its database. */
export const databasePool = 13

export class TestServer extends Context.Service<
  TestServer,
  {
    readonly url: string
    readonly send: (method: string, path: string, options?: Send) => Effect.Effect<Answer>
    readonly get: (path: string, options?: Send) => Effect.Effect<Answer>
    readonly post: (path: string, body: unknown, options?: Send) => Effect.Effect<Answer>
    readonly patch: (path: string, body: unknown, options?: Send) => Effect.Effect<Answer>
    /** A valid token of this Clerk user. */
    readonly newToken: (sub: string) => Effect.Effect<string>
    /** A new user of this kind, signed in. */
    readonly person: (role: Role, seller_category?: SellerCategory) => Effect.Effect<Person>
  }
>()("zst/test/TestServer") {
  static readonly layerNoDeps = Layer.effect(
    TestServer,
    Effect.gen(function* () {
      const { port } = yield* listening({ othersAfter: 0 })
      const url = `http://127.0.0.1:${port}`
      const users = yield* Users
      const tokens = yield* Tokens
      const issuer = yield* Effect.orDie(DevIssuer.load(inject("dataDir")))
      const sql = yield* SqlClient.SqlClient
      let count = 0

      const send = (method: string, path: string, options: Send = {}) =>
        Effect.promise(async (): Promise<Answer> => {
          const body = options.raw ?? (options.body === undefined ? undefined : JSON.stringify(options.body))
          const headers = {
            ...(body === undefined ? {} : { "content-type": "application/json" }),
            ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
            ...options.headers
          }
          const { status, headers: answered, text } = await exchange(method, `${url}${path}`, headers, body)
          const isJson = answered.get("content-type")?.includes("json") === true
          const json = isJson && text !== "" ? JSON.parse(text) : undefined
          holdToContract(method, path, status, json)
          return { status, headers: answered, text, json }
        })

      const person = Effect.fnUntraced(function* (role: Role, seller_category?: SellerCategory) {
        const token = yield* issuer.sign({ sub: `user_test_${process.pid}_${count++}`, name: `Test ${role}` })
        const { id } = yield* Effect.orDie(users.identify(yield* Effect.orDie(tokens.verify(token))))
        if (role !== "customer") {
          const granted = grant(
            id,
            role,
            role === "seller" ? (seller_category ?? "grossiste") : null,
            `Boutique ${count}`
          )
          yield* Effect.provideService(granted, SqlClient.SqlClient, sql)
        }
        return { id, token }
      })

      return TestServer.of({
        url,
        send,
        get: (path, options) => send("GET", path, options),
        post: (path, body, options) => send("POST", path, { ...options, body }),
        patch: (path, body, options) => send("PATCH", path, { ...options, body }),
        newToken: (sub) => issuer.sign({ sub }),
        person
      })
    })
  )

  /** Server and services over this database, with these settings beside what the tests need. */
  static readonly over = <E, R>(database: Effect.Effect<string, E, R>, settings: Record<string, string> = {}) =>
    TestServer.layerNoDeps.pipe(
      Layer.provideMerge(Server),
      Layer.provideMerge(
        Layer.unwrap(
          Effect.map(Effect.all([database, ownDirectory]), ([url, directory]) =>
            ConfigProvider.layer(
              ConfigProvider.fromUnknown({
                DATABASE_URL: url,
                DATABASE_POOL: String(databasePool),
                ZST_DATA_DIR: directory,
                PORT: "0",
                LOG_LEVEL: "Error",
                // One address sends what a town would; who is held to limits is in their tests.
                RATE_LIMITS: "off",
                CLERK_WEBHOOK_SECRET: webhookSecret,
                ...settings
              })
            )
          )
        )
      )
    )

  /** Server, services and database of one test file. */
  static readonly layer = TestServer.over(freshDatabase)
}

/** As a good client is: asked to come again, it does. For those who all want one row at once. */
export const insistent = Effect.map(TestServer, (server) => {
  const send: (typeof server)["send"] = (...request) =>
    Effect.repeat(server.send(...request), { while: ({ status }) => status === 503 })
  return TestServer.of({
    ...server,
    send,
    get: (path, options) => send("GET", path, options),
    post: (path, body, options) => send("POST", path, { ...options, body }),
    patch: (path, body, options) => send("PATCH", path, { ...options, body })
  })
})

/** For what sends by itself: all of it insists. */
export const insisting = <A, E, R>(work: Effect.Effect<A, E, R>) =>
  Effect.flatMap(insistent, (server) => Effect.provideService(work, TestServer, server))
