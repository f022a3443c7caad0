/** Every write of an administrator is in the audit log: over every route, so that a new one is there too. */
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { Api } from "../../src/server/Api.ts"
import { clip, put, request } from "../support/films.ts"
import { type Send, TestServer } from "../support/server.ts"
import { tagOf } from "../support/trade.ts"
import { makeWorld, sendAs, type World } from "../support/world.ts"
import { rows } from "./access.rows.ts"

const writes = Object.values(Api.groups)
  .flatMap((group) => Object.values(group.endpoints).map(({ method, path }) => `${method} ${path}`))
  .filter((route) => !route.startsWith("GET "))

/** What anybody does with what is their own: their account, cart and orders, what they upload, their own shop. */
const own: ReadonlySet<string> = new Set([
  "PATCH /api/v1/users/me",
  "DELETE /api/v1/users/me",
  "POST /api/v1/users/me/restore",
  "PUT /api/v1/users/me/avatar",
  "PUT /api/v1/users/me/avatar/uploaded",
  "DELETE /api/v1/users/me/avatar",
  "PUT /api/v1/users/me/addresses/:id",
  "DELETE /api/v1/users/me/addresses/:id",
  "POST /api/v1/users/me/push-tokens",
  "POST /api/v1/users/me/push-token",
  "DELETE /api/v1/users/me/push-tokens/:id",
  "POST /api/v1/seller/application",
  "PUT /api/v1/seller/logo",
  "PUT /api/v1/seller/logo/uploaded",
  "DELETE /api/v1/seller/logo",
  "DELETE /api/v1/cart",
  "POST /api/v1/cart/merge",
  "POST /api/v1/cart/items",
  "PATCH /api/v1/cart/items/:id",
  "DELETE /api/v1/cart/items/:id",
  "POST /api/v1/orders",
  "POST /api/v1/media",
  "POST /api/v1/media/uploads",
  // Clerk's, by its signature.
  "POST /api/v1/webhooks/clerk"
])

/** Where the matrix of access is content with a request that changes nothing. */
const changing: Record<string, (world: World) => Effect.Effect<{ readonly path: string } & Send, never, TestServer>> = {
  "PATCH /api/v1/admin/users/:id": ({ people }) =>
    Effect.succeed({ path: `/api/v1/admin/users/${people.otherCustomer.id}`, body: { status: "banned" } }),
  "POST /api/v1/products": ({ people }) =>
    Effect.succeed({ path: "/api/v1/products", body: { name: "Walk", price: 5, seller_id: people.grossiste.id } }),
  "PUT /api/v1/products/:id/variants": Effect.fnUntraced(function* ({ product, people }: World) {
    const path = `/api/v1/products/${yield* product}`
    const tag = yield* tagOf(path, people.importateur)
    const body = { variants: [{ options: { taille: "M" } }] }
    return { path: `${path}/variants`, body, headers: { "if-match": tag } }
  }),
  "POST /api/v1/media/uploads/:id/complete": Effect.fnUntraced(function* ({ people }: World) {
    const film = yield* Effect.scoped(clip({ seconds: 1 }))
    const asked = yield* request(people.customer, film)
    assert.strictEqual(yield* put(asked, film), 200)
    return { path: `/api/v1/media/uploads/${asked.media.id}/complete` }
  })
}

layer(TestServer.layer)("an administrator", (it) => {
  for (const route of writes.filter((route) => !own.has(route))) {
    it.effect(`is in the audit log for ${route}`, () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const world = yield* makeWorld
        const row = rows[route]
        if (row === undefined) return assert.fail(`${route} is not in the matrix of access`)
        const { id } = world.people.admin
        const entries = sql<{ about: string | null }>`SELECT about FROM audit_log WHERE actor_id = ${id}`
        const before = (yield* entries).length
        const change = changing[route] ?? row.request
        const request = (world: World) => Effect.provideService(change(world), TestServer, world.server)
        const answer = yield* sendAs(world, "admin", [route, { ...row, request }])
        const hint = `An administrator's write is recorded; what is the caller's own is listed in "own". ${answer.text}`
        assert.include([200, 201], answer.status, hint)
        const found = yield* entries
        assert.lengthOf(found, before + 1)
        // Everything here is somebody's, with whom it is forgotten.
        assert.notInclude(
          found.map(({ about }) => about),
          null
        )
      })
    )
  }

  it.effect("has nothing else to write, and what is everybody's own is still there", () =>
    Effect.sync(() =>
      assert.deepStrictEqual(
        [...own].filter((route) => !writes.includes(route)),
        []
      )
    )
  )
})
