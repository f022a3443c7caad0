/** Who may ask for what: the people of the access matrix, and what each of its rows needs. */
import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { ObjectStore } from "../../src/services/media/ObjectStore.ts"
import { type Person, type Send, TestServer } from "./server.ts"

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
  /** The path of an object that is served, and one to which an upload of `x`, a PNG, is allowed. */
  readonly picture: string
  readonly upload: string
}

export type Row = {
  readonly request: (world: World) => Effect.Effect<{ readonly path: string } & Send>
  readonly cells: Record<Actor, Cell>
}

/** Everybody, in a new world. */
export const makeWorld = Effect.gen(function* () {
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
  const account = (who: Person) => `/api/v1/admin/users/${who.id}`
  const suspend = server.patch(account(people.suspendedSeller), { shop_status: "suspended" }, people.admin)
  const ban = server.patch(account(people.banned), { status: "banned" }, people.admin)
  assert.deepStrictEqual([(yield* suspend).status, (yield* ban).status], [200, 200])
  const product = Effect.map(
    server.post("/api/v1/products", { name: "Matrix", price: 100, stock: 1000 }, people.importateur),
    ({ json }): string => json.data.id
  )
  const store = yield* ObjectStore
  const png = { content_type: "image/png" }
  yield* Effect.orDie(store.put("matrix/picture.png", Buffer.from("x"), png))
  const allowed = yield* Effect.orDie(store.presignPut("uploads/matrix", { ...png, size: 1, seconds: 600 }))
  const picture = new URL(store.publicUrl("matrix/picture.png")).pathname
  const upload = allowed.url.slice(new URL(allowed.url).origin.length)
  return { server, people, product, picture, upload } satisfies Omit<World, "actor">
})

export type Everybody = Omit<World, "actor">

/** Sends the request of a row as this actor; `change` may spoil its body. */
export const sendAs = Effect.fnUntraced(function* (
  everybody: Everybody,
  actor: Actor,
  [route, { request }]: readonly [string, Row],
  change: (body: unknown) => unknown = (body) => body
) {
  const { path, ...options } = yield* request({ ...everybody, actor })
  const token = actor === "anonymous" || actor === "guest" ? undefined : everybody.people[actor].token
  const body = options.body === undefined ? {} : { body: change(options.body) }
  return yield* everybody.server.send(route.split(" ")[0] ?? "", path, { ...options, ...body, token })
})
