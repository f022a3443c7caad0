/** Who may keep which answer, over every route. A route that is not listed here is private. */
import { assert, layer } from "@effect/vitest"
import { Context, Effect } from "effect"
import type { HttpApiEndpoint } from "effect/http-api"
import { Api } from "../../src/server/Api.ts"
import { SharedCache } from "../../src/server/api/caching.ts"
import { systemRoutes } from "../../src/server/http/system.ts"
import { TestServer } from "../support/server.ts"
import { type Actor, actors, type Everybody, makeWorld, sendAs } from "../support/world.ts"
import { rows } from "./access.rows.ts"

const shared: Record<string, { readonly kept: string; readonly vary: string }> = {
  "GET /api/v1/categories": { kept: "public, max-age=300", vary: "Accept-Encoding" },
  "GET /api/v1/wilayas": { kept: "public, no-cache", vary: "Accept-Encoding" },
  "GET /api/v1/sellers/:id": { kept: "public, no-cache", vary: "Accept-Encoding" },
  "GET /api/v1/products": { kept: "public, no-cache", vary: "Accept-Encoding" },
  "GET /api/v1/products/search": { kept: "public, no-cache", vary: "Accept-Encoding" },
  "GET /api/v1/products/:id": { kept: "public, no-cache", vary: "Accept-Encoding, Authorization" }
}

const system: Record<string, string> = {
  "GET /health": "no-store",
  "GET /health/ready": "no-store",
  "GET /metrics": "no-store",
  "GET /api/v1": "public, no-cache",
  "GET /api/v1/openapi.json": "public, no-cache",
  "GET /api/docs": "public, no-cache",
  "GET /media/*": "public, max-age=31536000, immutable",
  "PUT /uploads/*": "no-store"
}

/** The matrix sends what these let in and then refuse. */
const refused = new Set(["POST /api/v1/media", "POST /api/v1/media/uploads/:id/complete"])

const endpoints = Object.values(Api.groups).flatMap(
  (group) => Object.values(group.endpoints) as ReadonlyArray<HttpApiEndpoint.Top>
)

/** The request of a route's row, as this actor. */
const ask = (world: Everybody, route: string, actor: Actor) => {
  const row = rows[route]
  return row === undefined ? Effect.die(`${route} has no row`) : sendAs(world, actor, [route, row])
}

layer(TestServer.layer)("caches", (it) => {
  it.effect("may keep what is marked as everybody's, and that is what is listed here", () =>
    Effect.sync(() => {
      const marked = endpoints.flatMap(({ method, path, annotations }) => {
        const kept = Context.getOrUndefined(annotations, SharedCache)
        return kept === undefined ? [] : [[`${method} ${path}`, kept]]
      })
      const listed = Object.entries(shared).map(([route, { kept }]) => [route, kept])
      assert.deepStrictEqual(marked.sort(), listed.sort())
      const outside = systemRoutes.map(({ method, path }) => `${method} ${path}`)
      assert.deepStrictEqual(outside.sort(), Object.keys(system).sort())
    })
  )

  it.effect("keep what comes without credentials, and nothing that comes with them", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      for (const [route, { kept, vary }] of Object.entries(shared)) {
        const anonymous = yield* ask(world, route, "anonymous")
        assert.strictEqual(anonymous.headers.get("cache-control"), kept, route)
        assert.strictEqual(anonymous.headers.get("vary"), vary, route)
        const personal = yield* ask(world, route, "customer")
        assert.strictEqual(personal.headers.get("cache-control"), "private, no-store", route)
        const { path } = yield* rows[route]?.request({ ...world, actor: "anonymous" }) ?? Effect.die(route)
        for (let i = 0; i < 3; i++) {
          const tracked = yield* world.server.get(path, { headers: { "x-order-token": "something" } })
          assert.strictEqual(tracked.headers.get("cache-control"), "private, no-store", route)
          yield* ask(world, route, "anonymous")
        }
      }
      for (const [route, kept] of Object.entries(system)) {
        assert.strictEqual((yield* ask(world, route, "anonymous")).headers.get("cache-control"), kept, route)
      }
    })
  )

  it.effect(
    "keep no other answer of any route, and no refusal",
    () =>
      Effect.gen(function* () {
        const world = yield* makeWorld
        for (const { method, path } of endpoints) {
          const route = `${method} ${path}`
          const answers = yield* Effect.forEach(actors, (actor) => ask(world, route, actor))
          const answered = answers.some(({ status }) => status < 400)
          const expected = Object.values(rows[route]?.cells ?? {}).includes("allowed") && !refused.has(route)
          assert.strictEqual(answered, expected, route)
          for (const { status, headers } of answers) {
            const kept = headers.get("cache-control")
            if (status >= 400) assert.strictEqual(kept, "no-store", `${route} ${status}`)
            else if (!(route in shared)) assert.strictEqual(kept, "private, no-store", route)
            if (status >= 400) assert.isNull(headers.get("etag"), route)
            else if (method === "GET") assert.isNotNull(headers.get("etag"), route)
          }
        }
      }),
    120_000
  )
})
