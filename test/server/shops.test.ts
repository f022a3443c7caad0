import { assert, layer } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { patiently } from "../../src/services/patience.ts"
import { Shop } from "../../src/services/sellers/model.ts"
import { TestServer } from "../support/server.ts"
import { absent, addProduct, buyer, seller } from "../support/shop.ts"

const base = "/api/v1/sellers"
const decode = Schema.decodeUnknownEffect(Shop, { onExcessProperty: "error" })

layer(TestServer.layer)("a shop", (it) => {
  it.effect("is shown to anybody by id and by slug, with what it has on sale counted, and nothing private", () =>
    Effect.gen(function* () {
      const { get } = yield* TestServer
      const sql = yield* SqlClient.SqlClient
      const owner = yield* seller
      yield* sql`
        UPDATE sellers SET full_name = 'Le Grenier', full_name_ar = 'المخزن', slug = 'le-grenier', description = 'Huiles',
          phone = '+213555123456', wilaya_code = 19 WHERE id = ${owner.id}`
      for (const status of ["active", "active", "draft", "archived"]) {
        const { id } = yield* addProduct(owner)
        yield* sql`UPDATE products SET status = ${status} WHERE id = ${id}`
      }
      yield* addProduct(yield* seller)
      const byId = yield* get(`${base}/${owner.id}`)
      assert.strictEqual(byId.status, 200, byId.text)
      const shop = yield* decode(byId.json.data)
      assert.deepInclude(shop, {
        id: owner.id,
        slug: "le-grenier",
        full_name: "Le Grenier",
        full_name_ar: "المخزن",
        description: "Huiles",
        wilaya_code: 19,
        seller_category: "grossiste",
        products_count: 2
      })
      assert.deepStrictEqual((yield* get(`${base}/le-grenier`)).json, byId.json)
    })
  )

  it.effect("of very many products tells that it has 10,000", () =>
    Effect.gen(function* () {
      const { get } = yield* TestServer
      const sql = yield* SqlClient.SqlClient
      const owner = yield* seller
      const { id } = yield* addProduct(owner)
      yield* sql`
        INSERT INTO products (id, seller_id, seller_category, slug, name, price, min_price, max_price)
        SELECT uuidv7(), seller_id, seller_category, slug || n, name, price, min_price, max_price
        FROM products, generate_series(1, 10001) n WHERE id = ${id}`.pipe(patiently(sql, "1 minute"))
      assert.strictEqual((yield* get(`${base}/${owner.id}`)).json.data.products_count, 10_000)
      yield* sql`DELETE FROM products WHERE seller_id = ${owner.id} AND id <> ${id}`.pipe(patiently(sql, "1 minute"))
      assert.strictEqual((yield* get(`${base}/${owner.id}`)).json.data.products_count, 1)
    })
  )

  it.effect("that was suspended, or whose owner left, was banned or sells no more, does not exist", () =>
    Effect.gen(function* () {
      const { get } = yield* TestServer
      const sql = yield* SqlClient.SqlClient
      const closings = [
        (id: string) => sql`UPDATE sellers SET status = 'suspended' WHERE id = ${id}`,
        (id: string) => sql`UPDATE users SET status = 'banned' WHERE id = ${id}`,
        (id: string) => sql`UPDATE users SET status = 'deleted' WHERE id = ${id}`,
        (id: string) => sql`UPDATE users SET delete_after = now() + interval '30 days' WHERE id = ${id}`,
        (id: string) => sql`UPDATE users SET role = 'customer', seller_category = NULL WHERE id = ${id}`
      ]
      const unknown = yield* get(`${base}/${absent}`)
      for (const close of closings) {
        const { id } = yield* seller
        assert.strictEqual((yield* get(`${base}/${id}`)).status, 200)
        yield* close(id)
        const closed = yield* get(`${base}/${id}`)
        assert.strictEqual(closed.status, 404)
        assert.deepStrictEqual(
          { ...closed.json.error, request_id: "" },
          { ...unknown.json.error, request_id: "", code: "SELLER_NOT_FOUND" }
        )
      }
    })
  )

  it.effect("is not what a customer has, nor what no name says", () =>
    Effect.gen(function* () {
      const { get } = yield* TestServer
      const { id } = yield* buyer
      for (const wrong of [id, "no-such-shop", "%00", "a%00b", "'", "%F0%9F%9B%92"]) {
        assert.strictEqual((yield* get(`${base}/${wrong}`)).status, 404, wrong)
      }
    })
  )
})
