/** What is answered as if it had not been done was not done: whoever is told to come again may send it again. */
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { whileHeld } from "../support/locks.ts"
import { type Send, TestServer } from "../support/server.ts"
import { addProduct, admin, application, buyer, order, seller } from "../support/shop.ts"
import { watch } from "../support/unchanged.ts"

/** What answers are read from, and changes are not decided by. */
const tables = ["sellers", "categories", "product_images", "wilayas"]

type Change = {
  readonly name: string
  readonly method: "POST" | "PUT" | "PATCH" | "DELETE"
  readonly path: string
  readonly body?: object
  readonly who: Send
}

const changes = Effect.gen(function* () {
  const server = yield* TestServer
  const owner = yield* seller
  const customer = yield* buyer
  const product = yield* addProduct(owner, { stock: 50 })
  const other = yield* addProduct(owner, { stock: 50 })
  const item = (product_id: string) => ({ product_id, quantity: 1 })
  const added = yield* server.post("/api/v1/cart/items", item(product.id), customer)
  const guests = yield* server.post("/api/v1/cart/items", item(product.id), {})
  const line = added.json.data.items[0].id
  const placed = yield* order([item(product.id)], customer)
  const [applicant, other_applicant, leaver] = [yield* buyer, yield* buyer, yield* buyer]
  const pending = yield* server.post("/api/v1/seller/application", application, other_applicant)
  yield* server.patch("/api/v1/users/me", { wilaya_code: 19 }, leaver)
  const sql = yield* SqlClient.SqlClient
  yield* sql`UPDATE users SET avatar_url = 'https://example.dz/a.webp' WHERE id = ${leaver.id}`
  const all: ReadonlyArray<Change> = [
    { name: "add", method: "POST", path: "/cart/items", body: item(other.id), who: customer },
    { name: "begin", method: "POST", path: "/cart/items", body: item(other.id), who: {} },
    { name: "set", method: "PATCH", path: `/cart/items/${line}`, body: { quantity: 3 }, who: customer },
    { name: "remove", method: "DELETE", path: `/cart/items/${line}`, who: customer },
    { name: "clear", method: "DELETE", path: "/cart", who: customer },
    {
      name: "merge",
      method: "POST",
      path: "/cart/merge",
      who: { ...customer, headers: { "x-cart-token": guests.json.data.cart_token } }
    },
    { name: "create", method: "POST", path: "/products", body: { name: "Neuf", price: 5 }, who: owner },
    { name: "change", method: "PATCH", path: `/products/${product.id}`, body: { price: 7 }, who: owner },
    {
      name: "account",
      method: "PATCH",
      path: `/admin/users/${customer.id}`,
      body: { status: "banned" },
      who: yield* admin
    },
    { name: "apply", method: "POST", path: "/seller/application", body: application, who: applicant },
    {
      name: "decide",
      method: "POST",
      path: `/admin/seller-applications/${pending.json.data.id}/decision`,
      body: { decision: "approve" },
      who: yield* admin
    },
    { name: "profile", method: "PATCH", path: "/users/me", body: { full_name: "Autre" }, who: leaver },
    { name: "leave", method: "DELETE", path: "/users/me", who: leaver },
    { name: "stay", method: "POST", path: "/users/me/restore", who: leaver },
    { name: "avatar", method: "DELETE", path: "/users/me/avatar", who: leaver },
    { name: "order", method: "POST", path: `/orders/${placed.id}/cancel`, body: {}, who: customer }
  ]
  return all
})

layer(TestServer.layer)("a change", (it) => {
  it.effect("that cannot read what it would answer is refused and undone", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const sql = yield* SqlClient.SqlClient
      const { before, assertUnchanged, meant } = yield* watch
      const refused = new Set<string>()
      for (const { name, method, path, body, who } of yield* changes) {
        for (const table of tables) {
          yield* before
          const answer = yield* whileHeld(
            sql`LOCK TABLE ${sql(table)} IN ACCESS EXCLUSIVE MODE`,
            server.send(method, `/api/v1${path}`, { ...who, ...(body && { body }) })
          )
          if (answer.status < 300) yield* meant
          else yield* assertUnchanged(`${name} without ${table}, ${answer.status}`)
          if (answer.status === 503) refused.add(name)
        }
      }
      assert.isAbove(refused.size, 8, [...refused].join())
    })
  )
})
