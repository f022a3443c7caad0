/**
 * Who may do what, over every route. A route without a row fails the build.
 */
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { Api } from "../../src/server/Api.ts"
import { systemRoutes } from "../../src/server/http/system.ts"
import { type Person, type Send, TestServer } from "../support/server.ts"
import { rows } from "./access.rows.ts"

export const actors = [
  "anonymous",
  "guest",
  "customer",
  "otherCustomer",
  "importateur",
  "grossiste",
  "fournisseur",
  "suspendedSeller",
  "banned",
  "admin"
] as const
export type Actor = (typeof actors)[number]

/** allowed: anything but a refusal; the others by their status. A stranger's thing is `absent`: 404. */
export type Cell = "allowed" | "unauthenticated" | "forbidden" | "absent"

type Signed = Exclude<Actor, "anonymous" | "guest">

/**
 * Who is who: `importateur` owns the product and sells in the order, `customer` bought it, or a guest did whose token
 * `guest` holds. `otherCustomer`, `grossiste` and `fournisseur` are strangers to all of that.
 */
export type World = {
  readonly server: TestServer["Service"]
  readonly actor: Actor
  readonly people: Record<Signed, Person>
  /** A product of the importateur's, made for this cell alone. */
  readonly product: Effect.Effect<string>
}

export type Row = {
  readonly request: (world: World) => Effect.Effect<{ readonly path: string } & Send>
  readonly cells: Record<Actor, Cell>
}

const declared = [
  ...Object.values(Api.groups).flatMap((group) =>
    Object.values(group.endpoints).map(({ method, path }) => `${method} ${path}`)
  ),
  ...systemRoutes.map(({ method, path }) => `${method} ${path}`)
]

const cellOf = (status: number): Cell => {
  if (status === 401) return "unauthenticated"
  if (status === 403) return "forbidden"
  if (status === 404) return "absent"
  return "allowed"
}

layer(TestServer.layer)("access", (it) => {
  it.effect("every route is in the matrix, and nothing else is", () =>
    Effect.sync(() => assert.deepStrictEqual(Object.keys(rows).sort(), [...declared].sort()))
  )

  it.effect("every cell is as declared", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const people: Record<Signed, Person> = {
        customer: yield* server.person("customer"),
        otherCustomer: yield* server.person("customer"),
        importateur: yield* server.person("seller", "importateur"),
        grossiste: yield* server.person("seller", "grossiste"),
        fournisseur: yield* server.person("seller", "fournisseur"),
        suspendedSeller: yield* server.person("seller", "grossiste"),
        banned: yield* server.person("customer"),
        admin: yield* server.person("admin")
      }
      const suspend = server.patch(
        `/api/v1/admin/users/${people.suspendedSeller.id}`,
        { shop_status: "suspended" },
        people.admin
      )
      const ban = server.patch(`/api/v1/admin/users/${people.banned.id}`, { status: "banned" }, people.admin)
      assert.deepStrictEqual([(yield* suspend).status, (yield* ban).status], [200, 200])
      const product = Effect.map(
        server.post("/api/v1/products", { name: "Matrix", price: 100, stock: 1000 }, people.importateur),
        ({ json }): string => json.data.id
      )
      const wrong: Array<string> = []
      for (const [route, { request, cells }] of Object.entries(rows)) {
        const method = route.split(" ")[0] ?? ""
        for (const actor of actors) {
          const { path, ...options } = yield* request({ server, actor, people, product })
          const token = actor === "anonymous" || actor === "guest" ? undefined : people[actor].token
          const { status } = yield* server.send(method, path, { ...options, token })
          assert.isBelow(status, 500, `${route} as ${actor}`)
          if (cellOf(status) !== cells[actor]) wrong.push(`${route} as ${actor}: ${status}, declared ${cells[actor]}`)
        }
      }
      assert.deepStrictEqual(wrong, [])
    })
  )
})
