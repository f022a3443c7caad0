import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { TestServer } from "../support/server.ts"

layer(TestServer.layer)("the catalogue", (it) => {
  it.effect("a name and a price are enough to create a product", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const seller = yield* server.person("seller", "importateur")
      const created = yield* server.post("/api/v1/products", { name: "Test Product", price: 1000 }, seller)
      assert.strictEqual(created.status, 201)
      assert.strictEqual(created.json.data.price, 1000)
      assert.strictEqual(created.json.data.slug, "test-product")
      assert.strictEqual(created.json.data.seller.id, seller.id)
      const read = yield* server.get(`/api/v1/products/${created.json.data.slug}`)
      assert.deepStrictEqual(read.json, created.json)
    })
  )
})
