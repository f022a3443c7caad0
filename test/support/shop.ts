/** Shops with something to sell, through the API alone. */
import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { type Person, type Send, TestServer } from "./server.ts"

export const customer = { customer_name: "Ahmed", customer_phone: "0555123456" }

/** For a shop, as it is sent. */
export const application = {
  seller_category: "grossiste",
  full_name: "Boutique",
  phone: "0555123456",
  wilaya_code: 19,
  register_number: "19/00-0978323B10"
}

export const seller = Effect.flatMap(TestServer, (server) => server.person("seller", "grossiste"))
export const buyer = Effect.flatMap(TestServer, (server) => server.person("customer"))
export const admin = Effect.flatMap(TestServer, (server) => server.person("admin"))

/** A product on sale: what the API answered when it was made. */
export const addProduct = Effect.fnUntraced(function* (owner: Person, product: object = {}) {
  const server = yield* TestServer
  const { status, json, text } = yield* server.post(
    "/api/v1/products",
    { name: "Savon noir", price: 1000, ...product },
    owner
  )
  assert.strictEqual(status, 201, text)
  return json.data
})

export const stockOf = Effect.fnUntraced(function* (product: { readonly id: string }) {
  const server = yield* TestServer
  const { json } = yield* server.get(`/api/v1/products/${product.id}`)
  return json.data.stock
})

/** Writes down that there are so many, as of now. */
export const count = Effect.fnUntraced(function* (
  owner: Person,
  product: { readonly id: string },
  stock: number | null
) {
  const server = yield* TestServer
  const path = `/api/v1/products/${product.id}`
  const { headers } = yield* server.get(path, owner)
  const tag = headers.get("etag") ?? ""
  const answer = yield* server.patch(path, { stock }, { ...owner, headers: { "if-match": tag } })
  assert.strictEqual(answer.status, 200, answer.text)
  return answer.json.data
})

/** Orders one of each, or what `items` says, as a guest or as `options.token`. */
export const order = Effect.fnUntraced(function* (
  items: ReadonlyArray<{ readonly product_id?: string; readonly sku_id?: string; readonly quantity: number }>,
  options?: Send,
  body: object = {}
) {
  const server = yield* TestServer
  const { status, json, text } = yield* server.post("/api/v1/orders", { ...customer, items, ...body }, options)
  assert.strictEqual(status, 201, text)
  return json.data
})

/** Moves a seller's part of an order; asserts that it went. */
export const move = Effect.fnUntraced(function* (owner: Person, id: string, status: string, body: object = {}) {
  const server = yield* TestServer
  const answer = yield* server.patch(`/api/v1/seller/orders/${id}/status`, { status, ...body }, owner)
  assert.strictEqual(answer.status, 200, answer.text)
  return answer.json.data
})

export const absent = "00000000-0000-7000-8000-000000000000"
