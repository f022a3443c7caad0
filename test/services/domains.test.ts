/** What the domains say of themselves, held against the database: a table or column that nobody answers for fails here. */
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, it, layer } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { consumers, eventTypes, handlers, schedules } from "../../src/layers/Background.ts"
import { domains, limits, people, uses } from "../../src/layers/domains.ts"
import { Departures } from "../../src/services/accounts/Departures.ts"
import type { Column } from "../../src/services/domain.ts"
import { NoPayload } from "../../src/services/jobs/schedule.ts"
import { Collector } from "../../src/services/media/Collector.ts"
import { jpeg } from "../support/pictures.ts"
import { TestServer } from "../support/server.ts"
import { addProduct, buyer, move, order, seller } from "../support/shop.ts"
import { upload } from "../support/upload.ts"

const readSource = (path: string) => (path.endsWith(".ts") ? readFileSync(path, "utf8") : "")

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
        const pointing = yield* pointingAt(used)
        const keeping = pointing.flatMap(({ column, cascades }) => (cascades ? [] : [column]))
        assert.includeMembers([...uses[used]], keeping)
        assert.includeMembers(
          pointing.map(({ column }) => column),
          [...uses[used]]
        )
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

  // Whatever column comes next: what it says of a person goes with them, or is named here with a reason.
  it.effect("leave no text of an erased person in any column", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const server = yield* TestServer
      const departures = yield* Departures
      const stays: ReadonlySet<string> = new Set([
        // Where it was sold to is the shop's figure; the commune and the street go.
        "orders.customer_wilaya",
        // A parcel's number, by which its shop and its carrier know it.
        "seller_orders.tracking_number",
        // What was bought, and at which shop: it is the customer's order as well.
        "products.name_ar",
        "products.brand",
        "products.product_type",
        "products.image_url",
        "products.thumbnail_url",
        "sellers.full_name_ar"
      ])
      const who = yield* seller
      const soap = yield* addProduct(who, { stock: 5 })
      const bought = yield* order([{ product_id: (yield* addProduct(yield* seller)).id, quantity: 1 }], who)
      yield* server.send("POST", `/api/v1/orders/${bought.id}/cancel`, { ...who, body: {} })
      const sold = yield* order([{ product_id: soap.id, quantity: 1 }])
      yield* move(who, sold.id, "cancelled")
      const columns = yield* sql<{ table: string; column: string; type: string }>`
        SELECT table_name AS "table", column_name AS "column", data_type AS type FROM information_schema.columns
        WHERE table_schema = 'public' AND data_type IN ('text', 'jsonb') AND is_nullable = 'YES' AND is_generated = 'NEVER'`
      const marked: Array<string> = []
      const owners = [...Object.keys(people), "users.id", "sellers.id"]
      for (const { table, column, type } of columns) {
        for (const owner of owners.filter((owner) => owner.startsWith(`${table}.`))) {
          const value = type === "text" ? sql`'marked'` : sql`'{"marked": true}'::jsonb`
          const mark = sql`UPDATE ${sql(table)} SET ${sql(column)} = ${value}
            WHERE ${sql(owner.slice(table.length + 1))} = ${who.id} RETURNING 1`
          const rows = yield* Effect.orElseSucceed(mark, () => [])
          if (rows.length > 0) marked.push(`${table}.${column}`)
        }
      }
      assert.includeMembers(marked, ["users.bio", "orders.notes", "order_events.note", "stock_movements.note"])
      yield* sql`UPDATE users SET delete_after = now() - interval '1 second' WHERE id = ${who.id}`
      assert.isTrue(yield* departures.erase({ id: null, name: "operator test" }, who.id))
      const left: Array<string> = []
      for (const { table, column } of columns) {
        const found = yield* sql`SELECT FROM ${sql(table)} WHERE ${sql(column)}::text LIKE '%marked%' LIMIT 1`
        if (found.length > 0) left.push(`${table}.${column}`)
      }
      assert.deepStrictEqual(
        left.filter((column) => !stays.has(column)),
        []
      )
    })
  )

  it.effect("name every kind of job, type of event and consumer that is made", () =>
    Effect.gen(function* () {
      const kinds = (yield* handlers).map(({ kind }) => kind)
      const named: Record<string, ReadonlyArray<unknown>> = {
        jobKind: kinds,
        eventType: eventTypes,
        consumer: consumers
      }
      const root = join(import.meta.dirname, "../../src/services")
      const made: Array<string> = []
      for (const file of readdirSync(root, { recursive: true, encoding: "utf8" })) {
        const exported = [
          ...readSource(join(root, file)).matchAll(/^export const (\w+) = (jobKind|eventType|consumer)\(/gm)
        ]
        if (exported.length === 0) continue
        const module = yield* Effect.promise(() => import(join(root, file)))
        for (const [, name = "", maker = ""] of exported) {
          made.push(name)
          assert.include(named[maker], module[name], `${file}: ${name} is in no domain`)
        }
      }
      assert.isAbove(made.length, 20)
      const scheduled = schedules.map(({ kind }) => kind)
      for (const kind of kinds) {
        if (kind.payload === NoPayload) assert.include(scheduled, kind, `${kind.name} is never asked for`)
      }
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
