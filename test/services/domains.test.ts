/** What the domains say of themselves, held against the database: a table or column that nobody answers for fails here. */

import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, it, layer } from "@effect/vitest"
import { Context, Effect } from "effect"
import type { HttpApiEndpoint } from "effect/http-api"
import { SqlClient } from "effect/sql"
import { consumers, eventTypes, handlers, schedules } from "../../src/layers/Background.ts"
import { domains, limits, people, uses } from "../../src/layers/domains.ts"
import { Api } from "../../src/server/Api.ts"
import { Limits } from "../../src/server/middleware/limits.ts"
import { Departures } from "../../src/services/accounts/Departures.ts"
import type { Column } from "../../src/services/domain.ts"
import { NoPayload } from "../../src/services/jobs/schedule.ts"
import { locks } from "../../src/services/locks.ts"
import { Collector } from "../../src/services/media/Collector.ts"
import { Guests } from "../../src/services/orders/Guests.ts"
import { jpeg } from "../support/pictures.ts"
import { TestServer } from "../support/server.ts"
import { addProduct, admin, buyer, move, order, seller } from "../support/shop.ts"
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

/** Every column that may hold words; one that is checked against a list cannot, and what is generated follows. */
const texts = Effect.flatMap(
  SqlClient.SqlClient,
  (sql) => sql<{ table: string; column: string; type: string }>`
    SELECT c.relname AS table, a.attname AS column, format_type(a.atttypid, NULL) AS type
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
      AND a.attgenerated = '' AND format_type(a.atttypid, NULL) = ANY(${Object.keys(markOf)}::text[])
      AND NOT EXISTS (
        SELECT FROM pg_constraint k WHERE k.conrelid = a.attrelid AND k.contype = 'c' AND k.conkey = ARRAY[a.attnum]
          AND pg_get_constraintdef(k.oid) LIKE '%= ANY (ARRAY[%')
    ORDER BY 1, 2`
)

const markOf: Readonly<Record<string, string>> = {
  text: "'marked ' || id",
  "character varying": "'marked ' || id",
  "text[]": "ARRAY['marked ' || id]",
  jsonb: "jsonb_build_object('marked', id)",
  json: "json_build_object('marked', id)"
}

/** The rows, by table, that point at this one, or at what points at it, and so on. */
const rowsOf = Effect.fnUntraced(function* (root: "orders" | "users", id: string) {
  const sql = yield* SqlClient.SqlClient
  const references = yield* sql<{ table: string; column: string; to: string }>`
    SELECT c.conrelid::regclass::text AS table, a.attname AS column, c.confrelid::regclass::text AS to
    FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY(c.conkey)
    WHERE c.contype = 'f'`
  const rows = new Map<string, ReadonlyArray<string>>([[root, [id]]])
  for (let isMore = true; isMore; ) {
    isMore = false
    for (const { table, column, to } of references) {
      const [known, targets] = [rows.get(table), rows.get(to)]
      if (targets === undefined) continue
      const found = yield* sql<{ id: string }>`
        SELECT id FROM ${sql(table)} WHERE ${sql(column)} = ANY(${targets}::uuid[]) AND id <> ALL(${known ?? []}::uuid[])`
      isMore ||= known === undefined || found.length > 0
      rows.set(table, [...(known ?? []), ...found.map(({ id }) => id)])
    }
  }
  return rows
})

/** Writes a word into every column of these rows that takes one: into which. */
const mark = Effect.fnUntraced(function* (rows: ReadonlyMap<string, ReadonlyArray<string>>) {
  const sql = yield* SqlClient.SqlClient
  const marked: Array<string> = []
  for (const { table, column, type } of yield* texts) {
    const ids = rows.get(table)
    if (ids === undefined) continue
    assert.isNotEmpty(ids, `a row of ${table} is wanted, which points at what is erased`)
    yield* sql`
      UPDATE ${sql(table)} SET ${sql(column)} = ${sql.literal(markOf[type] ?? "")} WHERE id = ANY(${ids}::uuid[])`
    marked.push(`${table}.${column}`)
  }
  return marked
})

/** Columns that still have the word, in any row. */
const left = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const found: Array<string> = []
  for (const { table, column } of yield* texts) {
    const rows = yield* sql`SELECT FROM ${sql(table)} WHERE ${sql(column)}::text LIKE '%marked%' LIMIT 1`
    if (rows.length > 0) found.push(`${table}.${column}`)
  }
  return found
})

/** A customer who became a seller: a row of theirs is in every table that people have rows in. */
const everything = Effect.gen(function* () {
  const server = yield* TestServer
  const [who, boss] = [yield* buyer, yield* admin]
  const contact = { phone: "0555123456", wilaya_code: 16 }
  const address = { ...contact, recipient_name: "A", commune: "Alger", address: "Rue A" }
  const path = "/api/v1/users/me/addresses/0199e0a4-5b1c-7c3e-9a51-6f1f5f1d2a11"
  yield* server.send("PUT", path, { ...who, body: address })
  yield* server.post("/api/v1/users/me/push-tokens", { push_token: "ExponentPushToken[b]", platform: "ios" }, who)
  const shop = { ...contact, seller_category: "grossiste", full_name: "A", register_number: "16/00-0978323B10" }
  const asked = yield* server.post("/api/v1/seller/application", shop, who)
  const decision = `/api/v1/admin/seller-applications/${asked.json.data.id}/decision`
  assert.strictEqual((yield* server.post(decision, { decision: "approve", reason: "A" }, boss)).status, 200)
  const soap = yield* addProduct(who, { stock: 5 })
  const picture = upload(yield* Effect.promise(() => jpeg(600, 400)))
  yield* server.send("POST", `/api/v1/products/${soap.id}/images`, { ...who, ...picture })
  const other = [{ product_id: (yield* addProduct(yield* seller)).id, quantity: 1 }]
  yield* server.post("/api/v1/cart/items", other[0], who)
  const bought = yield* order(other, who)
  yield* server.send("POST", `/api/v1/orders/${bought.id}/cancel`, { ...who, body: {} })
  const sold = yield* order([{ product_id: soap.id, quantity: 1 }])
  yield* move(who, sold.id, "cancelled")
  return who
})

/** What stays of a person, and why. */
const stays = {
  "The tombstone: Clerk's id, so that a late message or token brings nobody back.": ["users.clerk_id"],
  "An order's name, to its shop and to whoever kept a receipt.": ["orders.order_number"],
  "Where it was sold to is the shop's figure; the commune and the street go.": ["orders.customer_wilaya"],
  "A parcel's number, by which its shop and its carrier know it, and the names of fields that were edited.": [
    "seller_orders.tracking_number",
    "order_events.data"
  ],
  "What was bought, as its customer was shown it: it is the customer's order as well.": [
    "order_items.options",
    "order_items.product_image",
    "order_items.product_name",
    "order_items.product_name_ar",
    "order_items.sku",
    "products.name",
    "products.name_ar",
    "products.brand",
    "products.product_type",
    "products.slug",
    "products.search",
    "skus.options"
  ],
  "At which shop it was bought.": ["sellers.full_name", "sellers.full_name_ar", "sellers.slug"],
  "Who did what to what: our words, and an operator's or an application's name.": [
    "audit_log.actor",
    "audit_log.action",
    "audit_log.subject_type"
  ],
  "Names of objects: those of a picture that an order shows; the collector drops the others.": [
    "media.content_type",
    "media.error",
    "media.key",
    "media.renditions",
    "media.upload_key"
  ]
}

layer(TestServer.layer)("domains", (it) => {
  it.effect("say of every column that points at a person what becomes of it", () =>
    Effect.gen(function* () {
      const columns = (yield* pointingAt("users")).map(({ column }) => column)
      assert.deepStrictEqual(Object.keys(people).sort(), [...columns].sort())
    })
  )

  for (const used of ["media", "products", "skus"] as const) {
    it.effect(`find by an index what keeps rows of ${used}`, () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const found = yield* sql<{ column: Column }>`
          SELECT DISTINCT c.relname || '.' || a.attname AS column
          FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
          WHERE i.indisvalid AND (i.indpred IS NULL OR pg_get_expr(i.indpred, i.indrelid) = '(' || a.attname || ' IS NOT NULL)')`
        assert.includeMembers(
          found.map(({ column }) => column),
          [...uses[used]]
        )
      })
    )

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
      const departures = yield* Departures
      const who = yield* everything
      const marked = yield* mark(yield* rowsOf("users", who.id))
      assert.includeMembers(marked, ["users.bio", "orders.customer_name", "products.benefits", "order_events.data"])
      yield* sql`UPDATE users SET delete_after = now() - interval '1 second' WHERE id = ${who.id}`
      assert.isTrue(yield* departures.erase({ id: null, name: "operator test" }, who.id))
      assert.deepStrictEqual([...(yield* left)].sort(), Object.values(stays).flat().sort())
    })
  )

  it.effect("leave none of a guest either, whatever hangs on their order", () =>
    Effect.gen(function* () {
      const guests = yield* Guests
      const shop = yield* seller
      const sold = yield* order([{ product_id: (yield* addProduct(shop)).id, quantity: 1 }])
      yield* move(yield* admin, sold.seller_orders[0].id, "cancelled", { note: "marked" })
      const before = new Set(yield* left)
      const marked = yield* mark(yield* rowsOf("orders", sold.id))
      assert.includeMembers(marked, ["orders.notes", "order_events.note", "order_items.product_name"])
      const phone = `marked ${sold.id}`
      assert.deepStrictEqual(yield* guests.erase({ id: null, name: "operator test" }, phone), { erased: 1, waiting: 0 })
      const staying = new Set(Object.values(stays).flat())
      assert.deepStrictEqual(
        (yield* left).filter((column) => !before.has(column) && !staying.has(column)),
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
      const files = readdirSync(root, { recursive: true, encoding: "utf8" })
      const everything = files.map((file) => readSource(join(root, file))).join("\n")
      const offered = new Set<unknown>()
      for (const file of files) {
        const source = readSource(join(root, file))
        const calls = [...source.matchAll(/\b(jobKind|eventType|consumer)(<[^()]*>)?\(/g)]
        if (calls.length === 0) continue
        const exported = [
          ...source.matchAll(/^export const (\w+)(?:: [^=]+)? = (jobKind|eventType|consumer)(?:<[^()]*>)?\(/gm)
        ]
        assert.strictEqual(exported.length, calls.length, `${file} makes one that is no exported const of its own`)
        const module = yield* Effect.promise(() => import(join(root, file)))
        for (const [, name = "", maker = ""] of exported) {
          made.push(name)
          if (maker === "jobKind" && everything.includes(`.offer(${name}, `)) offered.add(module[name])
          assert.include(named[maker], module[name], `${file}: ${name} is in no domain`)
        }
      }
      assert.isAbove(made.length, 20)
      const scheduled = schedules.map(({ kind }) => kind)
      for (const kind of kinds) {
        const isAskedFor =
          kind.payload === NoPayload ? scheduled.some(({ name }) => name === kind.name) : offered.has(kind)
        assert.isTrue(isAskedFor, `${kind.name} is never asked for`)
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
      yield* sql`UPDATE order_items SET media_id = NULL WHERE order_id = ${placed.id}`
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
  unique(Object.values(locks).map(String))
})

it("whatever changes a product is counted by the day", () => {
  const writes = Object.values(Api.groups)
    .flatMap((group) => Object.values(group.endpoints) as ReadonlyArray<HttpApiEndpoint.Top>)
    .filter(({ method, path }) => method !== "GET" && path.includes("/products/:id"))
  assert.isAbove(writes.length, 5)
  for (const { annotations, method, path } of writes) {
    const named = Context.get(annotations, Limits)
    assert.isTrue(named.includes("product-changes") || named.includes("uploads"), `${method} ${path}`)
  }
})

it("every limit is somebody's: an endpoint names it, or a handler takes from it", () => {
  const endpoints = Object.values(Api.groups).flatMap(
    (group) => Object.values(group.endpoints) as ReadonlyArray<HttpApiEndpoint.Top>
  )
  const named = new Set(endpoints.flatMap(({ annotations }) => Context.get(annotations, Limits)))
  const takenByHandlers = limits.filter(({ key }) => key === undefined).map(({ name }) => name)
  for (const { name } of limits) assert.isTrue(named.has(name) || takenByHandlers.includes(name), name)
  assert.deepStrictEqual(
    new Set(takenByHandlers),
    new Set([
      "guest-orders-phone",
      "orders-of-user",
      "new-products",
      "recounts",
      "applications",
      "keys",
      "guest-keys",
      "departures"
    ])
  )
})
