import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { type Send, TestServer } from "./server.ts"
import { addProduct, buyer, order, seller } from "./shop.ts"

const strong = /^"[\w-]{22}(-br|-gzip)?"$/

/** The tag that a read answers with; asserts that it is a strong one. */
export const tagOf = Effect.fnUntraced(function* (path: string, options: Send = {}) {
  const server = yield* TestServer
  const { status, headers, text } = yield* server.get(path, options)
  assert.strictEqual(status, 200, `${path} ${text}`)
  const tag = headers.get("etag") ?? ""
  assert.match(tag, strong, path)
  return tag
})

/** A shop with a product, bought by somebody and by a guest. */
export const trade = Effect.gen(function* () {
  const owner = yield* seller
  const customer = yield* buyer
  const product = yield* addProduct(owner, { name: `Chemise ${owner.id}`, stock: 50 })
  const items = [{ product_id: product.id, quantity: 1 }]
  const placed = yield* order(items, customer)
  const guestOrder = yield* order(items)
  const guest = { headers: { "x-order-token": guestOrder.tracking_token } }
  return { owner, customer, product, items, placed, guestOrder, guest }
})
