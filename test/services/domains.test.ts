/** What the domains say of themselves, held against the database: a table or column that nobody answers for fails here. */
import { assert, it, layer } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { domains, limits, people, uses } from "../../src/layers/domains.ts"
import { Departures } from "../../src/services/accounts/Departures.ts"
import type { Column } from "../../src/services/domain.ts"
import { Collector } from "../../src/services/media/Collector.ts"
import { jpeg } from "../support/pictures.ts"
import { TestServer } from "../support/server.ts"
import { addProduct, buyer, move, order, seller } from "../support/shop.ts"
import { upload } from "../support/upload.ts"

/** Every column that points at this table, and whether its row goes with what it points at. */
const pointingAt = Effect.fnUntraced(function* (table: string) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<{ column: Column; cascades: boolean }>`
    SELECT c.conrelid::regclass || '.' || a.attname AS column, c.confdeltype = 'c' AS cascades
    FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY(c.conkey)
    WHERE c.contype = 'f' AND c.confrelid = ${table}::regclass ORDER BY 1`
})

layer(TestServer.layer)("domains", (it) => {
  it.effect("say of every column that points at a person what becomes of it", () =>
    Effect.gen(function* () {
      const columns = (yield* pointingAt("users")).map(({ column }) => column)
      assert.deepStrictEqual(Object.keys(people).sort(), [...columns].sort())
    })
  )

  for (const used of ["media", "products", "skus"] as const) {
    it.effect(`say which columns keep rows of ${used}`, () =>
      Effect.gen(function* () {
        const keeping = (yield* pointingAt(used)).flatMap(({ column, cascades }) => (cascades ? [] : [column]))
        assert.deepStrictEqual([...uses[used]].sort(), [...keeping].sort())
      })
    )
  }

  it.effect("erase what they said they would", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const server = yield* TestServer
      const departures = yield* Departures
      const soap = yield* addProduct(yield* seller)
      const who = yield* buyer
      const address = { recipient_name: "A", phone: "0555123456", wilaya_code: 16, commune: "Alger", address: "Rue A" }
      yield* server.send("PUT", "/api/v1/users/me/addresses/0199e0a4-5b1c-7c3e-9a51-6f1f5f1d2a10", {
        ...who,
        body: address
      })
      yield* server.post("/api/v1/users/me/push-tokens", { push_token: "ExponentPushToken[a]", platform: "ios" }, who)
      yield* server.post("/api/v1/cart/items", { product_id: soap.id }, who)
      const shop = {
        seller_category: "grossiste",
        full_name: "A",
        phone: "0555123456",
        wilaya_code: 16,
        register_number: "16/00-0978323B10"
      }
      yield* server.post("/api/v1/seller/application", shop, who)
      const rowsOf = Effect.fnUntraced(function* () {
        const counted: Record<string, number> = {}
        for (const [column, fate] of Object.entries(people)) {
          const [table = "", name = ""] = column.split(".")
          if (fate !== "deleted") continue
          const rows = yield* sql`SELECT FROM ${sql(table)} WHERE ${sql(name)} = ${who.id}`
          counted[column] = rows.length
        }
        return counted
      })
      for (const [column, count] of Object.entries(yield* rowsOf())) assert.isAbove(count, 0, `${column} before`)
      yield* sql`UPDATE users SET delete_after = now() - interval '1 second' WHERE id = ${who.id}`
      assert.isTrue(yield* departures.erase({ id: null, name: "operator test" }, who.id))
      for (const [column, count] of Object.entries(yield* rowsOf())) assert.strictEqual(count, 0, column)
    })
  )

  it.effect("keep a picture for as long as anything shows it, a delivered order included", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const server = yield* TestServer
      const collector = yield* Collector
      const shop = yield* seller
      const soap = yield* addProduct(shop)
      const path = `/api/v1/products/${soap.id}/images`
      const added = yield* server.send("POST", path, {
        ...shop,
        ...upload(yield* Effect.promise(() => jpeg(600, 400)))
      })
      assert.strictEqual(added.status, 201, added.text)
      const placed = yield* order([{ product_id: soap.id, quantity: 1 }])
      for (const status of ["confirmed", "shipped", "delivered"]) yield* move(shop, placed.id, status)
      yield* server.send("DELETE", `${path}/${added.json.data.id}`, shop)
      yield* sql`UPDATE media SET updated_at = now() - interval '1 year'`
      yield* collector.collect({ dryRun: false })
      const url = placed.items[0].product_image
      assert.strictEqual((yield* server.get(new URL(url).pathname)).status, 200)
      yield* sql`UPDATE order_items SET media_id = NULL`
      yield* collector.collect({ dryRun: false })
      assert.strictEqual((yield* server.get(new URL(url).pathname)).status, 404)
    })
  )
})

it("domains, limits and columns are named once", () => {
  const unique = (names: ReadonlyArray<string>) => assert.strictEqual(new Set(names).size, names.length)
  unique(domains.map(({ name }) => name))
  unique(limits.map(({ name }) => name))
  unique(domains.flatMap((domain) => Object.keys(domain.people)))
  unique(Object.values(uses).flat())
})
