/** The collector among many rows: by plans and effects, not by time. */
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { uses } from "../../src/layers/domains.ts"
import { Collector } from "../../src/services/media/Collector.ts"
import { byProbes, isLeft } from "../../src/services/media/leftSql.ts"
import { patiently } from "../../src/services/patience.ts"
import { Uses } from "../../src/services/Uses.ts"
import { type Person, TestServer } from "../support/server.ts"
import { addProduct, order, seller } from "../support/shop.ts"

type Plan = Readonly<Record<string, unknown>> & { readonly Plans?: ReadonlyArray<Plan> }

const nodesOf = (plan: Plan): ReadonlyArray<Plan> => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)]

/** How many pictures the lines of orders show. */
const shown = 200

const usedBy = new Set(uses.media.map((column) => column.split(".")[0] ?? ""))
const isScan = ({ "Node Type": type }: Plan) => String(type).endsWith("Scan")

/** How a thousand of the media are looked at: the nodes of the plan. */
const plan = (what: "SELECT m.id FROM" | "DELETE FROM") =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const left = isLeft(yield* Uses)
    const rows = yield* sql<{ id: string }>`SELECT id FROM media ORDER BY id LIMIT 1000`
    const ids = rows.map(({ id }) => id)
    const explain = sql<{ "QUERY PLAN": ReadonlyArray<{ Plan: Plan }> }>`
      EXPLAIN (FORMAT JSON) ${sql.literal(what)} media m WHERE m.id = ANY(${ids}::uuid[]) AND ${sql.literal(left)}`
    const [explained] = yield* patiently(sql, "5 seconds", byProbes)(explain)
    return nodesOf(explained?.["QUERY PLAN"][0]?.Plan ?? {})
  })

const analyzed = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  for (const table of ["media", ...usedBy]) yield* sql`ANALYZE ${sql(table)}`
})

/** So many pictures that nothing shows. */
const addMedia = Effect.fnUntraced(function* (owner: Person, count: number) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    INSERT INTO media (id, owner_id, kind, purpose, status, created_at, updated_at)
    SELECT lpad(to_hex(n), 32, '0')::uuid, ${owner.id}, 'image', 'product', 'ready', now() - interval '2 days', now() - interval '2 days'
    FROM generate_series(1, ${count}::int) n`
})

/** So many lines more of an order, which show every second of the first pictures. */
const addLines = Effect.fnUntraced(function* (
  { items }: { readonly items: ReadonlyArray<{ id: string }> },
  count: number
) {
  const sql = yield* SqlClient.SqlClient
  const columns = sql.literal(
    "order_id, seller_order_id, product_id, sku_id, options, product_name, price, quantity, stock_taken"
  )
  const insert = sql`
    INSERT INTO order_items (id, media_id, ${columns})
    SELECT uuidv7(), lpad(to_hex(2 * (1 + n % ${shown}::int)), 32, '0')::uuid, ${columns}
    FROM order_items, generate_series(1, ${count}::int) n WHERE id = ${items[0]?.id}`
  yield* patiently(sql, "1 minute")(Effect.andThen(insert, analyzed))
})

layer(TestServer.layer)("the collector", (it) => {
  it.effect("looks up in an index who uses what, a row at a time, whether few may use it or 50,000", () =>
    Effect.gen(function* () {
      // In what order it asks is PostgreSQL's affair.
      const shape = (nodes: ReadonlyArray<Plan>) =>
        nodes.map((node) => `${node["Relation Name"]} ${node["Index Name"]} ${node["Parent Relationship"]}`).toSorted()
      const plans = Effect.forEach(["SELECT m.id FROM", "DELETE FROM"] as const, plan)
      const shop = yield* seller
      const placed = yield* order([{ product_id: (yield* addProduct(shop)).id, quantity: 1 }])
      yield* addMedia(shop, 3000)
      yield* addLines(placed, 50)
      const few = yield* plans
      yield* addLines(placed, 50_000)
      const many = yield* plans
      assert.deepStrictEqual(many.map(shape), few.map(shape))
      for (const scans of many.map((nodes) => nodes.filter(isScan))) {
        const probed = scans.map(({ "Relation Name": table, "Index Cond": condition }) => {
          const [, column] = /^\(+(\w+) = m\.id\)+$/.exec(String(condition)) ?? []
          return column === undefined ? `${table} by ${String(condition).slice(0, 20)}` : `${table}.${column}`
        })
        assert.deepStrictEqual(probed.toSorted(), [...uses.media, "media by (id = ANY ('{0000000"].toSorted())
      }
    })
  )

  it.effect("walks through all of them, step after step, and keeps what is shown", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const collector = yield* Collector
      assert.strictEqual((yield* collector.collect({ dryRun: true })).media, 3000 - shown)
      assert.strictEqual((yield* collector.collect({ dryRun: false })).media, 3000 - shown)
      assert.strictEqual((yield* collector.collect({ dryRun: false })).media, 0)
      const [kept] = yield* sql`
        SELECT count(*)::int AS media, (SELECT count(DISTINCT media_id)::int FROM order_items) AS shown FROM media`
      assert.deepStrictEqual(kept, { media: shown, shown })
    })
  )
})
