/** How many products cost so much is told of many by a sample that the server keeps, and counted of fewer without a look at others. */
import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import { divided } from "../../src/layers/Postgres.ts"
import { makePriceSample } from "../../src/services/catalog/priceSample.ts"
import {
  catalogueRows,
  type ProductFilter,
  partsBetween,
  productConditions
} from "../../src/services/catalog/productSql.ts"
import { settlePrices, wrongProducts } from "../../src/services/catalog/skuSql.ts"
import { countTo } from "../../src/services/estimates.ts"
import { Centimes } from "../../src/services/model.ts"
import { counting } from "../../src/services/pageSql.ts"
import { patiently } from "../../src/services/patience.ts"
import { eventually } from "../support/eventually.ts"
import { scansOf } from "../support/scans.ts"
import { databasePool, TestServer } from "../support/server.ts"

const rows = { ...catalogueRows, name: "products" } as const
const count = 30_000
const { searches } = divided(databasePool)

const bounds = [undefined, 1, 150, 5000, 5001, 9999, 12_000, 25_000, 31_000] as const

/** Two that have none below. */
const categories = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const [large, small] = yield* sql<{ id: string; slug: string }>`
    SELECT id, slug FROM categories c WHERE NOT EXISTS (SELECT FROM categories d WHERE d.parent_id = c.id) ORDER BY slug LIMIT 2`
  return large && small ? ([large, small] as const) : yield* Effect.die("no categories")
})

/** Every price from 1 to 30,000, with ids that are the same in every run; one in ten of three variants, which cost 1,500 and 3,000 more; a third in one category, fewer in another. */
const load = Effect.gen(function* () {
  const server = yield* TestServer
  const sql = yield* SqlClient.SqlClient
  const { id } = yield* server.person("seller", "importateur")
  const [large, small] = yield* categories
  yield* sql`
    INSERT INTO products (id, seller_id, category_id, slug, name, price, min_price, max_price, prices)
    SELECT ('01a22eac-20b1-7000-8000-' || substr(md5(n::text), 1, 12))::uuid, ${id}, CASE WHEN n % 3 = 0 THEN ${large.id}::uuid WHEN n % 10 = 1 THEN ${small.id}::uuid END, 'p' || n, 'Colis ' || n,
      n, n, n + CASE WHEN n % 10 = 0 THEN 3000 ELSE 0 END, CASE WHEN n % 10 = 0 THEN ARRAY[n, n + 1500, n + 3000] END
    FROM generate_series(1, ${count}) AS n`.pipe(patiently(sql, "1 minute"))
  yield* sql`
    INSERT INTO skus (id, product_id, code, options, price, stock)
    SELECT uuidv7(), p.id, p.slug || '-' || v, jsonb_build_object('Taille', v::text), p.price + v * 1500, 1
    FROM products p, generate_series(0, 2) AS v WHERE p.seller_id = ${id} AND (v = 0 OR p.max_price > p.min_price)`.pipe(
    patiently(sql, "1 minute")
  )
  yield* sql`ANALYZE products`
  // What was small to this process is looked at again.
  yield* TestClock.adjust("1 minute")
})

const filters = (ids: ReadonlyArray<string>, bounds: ReadonlyArray<number | undefined>): ReadonlyArray<ProductFilter> =>
  [undefined, ids.slice(0, 1), ids.slice(1), ids, []].flatMap((categoryIds) =>
    bounds.flatMap((least) =>
      bounds.map((most) => ({
        status: "active" as const,
        categoryIds,
        minPrice: least === undefined ? undefined : Centimes.make(least),
        maxPrice: most === undefined ? undefined : Centimes.make(most)
      }))
    )
  )

layer(Layer.provideMerge(Layer.effectDiscard(load), TestServer.layer))("products between prices", (it) => {
  it.effect("are counted each once, without a look at others", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const [large, small] = yield* categories
      yield* Effect.gen(function* () {
        yield* sql`SET LOCAL enable_seqscan = off`
        yield* sql`SET LOCAL enable_bitmapscan = off`
        for (const filter of filters([large.id, small.id], bounds)) {
          const where = productConditions(sql, filter)
          const parts = partsBetween(sql, filter)
          assert.strictEqual(parts === undefined, filter.minPrice === undefined || filter.maxPrice === undefined)
          const [whole] = yield* counting(sql, rows, where, countTo)
          const [byVariants] = yield* sql<{ count: number }>`
            SELECT count(*)::int AS count FROM (SELECT FROM products p WHERE ${productConditions(sql, { status: "active", categoryIds: filter.categoryIds })}
              AND EXISTS (SELECT FROM skus k WHERE k.product_id = p.id
                AND k.price BETWEEN ${filter.minPrice ?? 0} AND ${filter.maxPrice ?? 1_000_000}) LIMIT ${countTo}) c`
          assert.strictEqual(whole?.count, byVariants?.count, JSON.stringify(filter))
          for (const most of [countTo, 3]) {
            const [inParts] = yield* counting(sql, rows, where, most, parts)
            assert.strictEqual(inParts?.count, Math.min(whole?.count ?? 0, most), JSON.stringify(filter))
          }
          if (parts === undefined) continue
          // None of these has several prices.
          if (filter.categoryIds?.[0] !== small.id) continue
          const { removed } = yield* scansOf(sql, counting(sql, rows, where, countTo, parts.slice(0, 1)))
          assert.strictEqual(removed, 0, JSON.stringify(filter))
        }
      }).pipe(sql.withTransaction)
    })
  )

  it.effect("are known by their row where they are several", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const [product] = yield* sql<{ id: string }>`
        INSERT INTO products (id, seller_id, slug, name, price, min_price, max_price, status)
        SELECT uuidv7(), seller_id, 'many-prices', 'Colis', 7, 7, 7, 'draft' FROM products LIMIT 1 RETURNING id`
      const { id } = product ?? (yield* Effect.die("no product"))
      const add = (from: number, to: number, price: string) => sql`
        INSERT INTO skus (id, product_id, code, options, price, stock)
        SELECT uuidv7(), ${id}, 'many-' || n, jsonb_build_object('Taille', n::text), ${sql.literal(price)}, 0
        FROM generate_series(${from}::int, ${to}::int) AS n`
      const settled = Effect.andThen(
        settlePrices(sql, id),
        sql<{ prices: ReadonlyArray<string> | null }>`SELECT prices::text[] FROM products WHERE id = ${id}`
      )
      yield* add(1, 2, "NULL")
      assert.deepStrictEqual(yield* settled, [{ prices: null }])
      yield* add(3, 4, "30 - n")
      assert.deepStrictEqual(yield* settled, [{ prices: ["7", "26", "27"] }])
      yield* sql`UPDATE skus SET archived = true WHERE product_id = ${id} AND price > 26`
      assert.deepStrictEqual(yield* settled, [{ prices: ["7", "26"] }])
      const wrong = sql`SELECT FROM (${sql.literal(wrongProducts)}) w WHERE id = ${id}`
      assert.lengthOf(yield* wrong, 0)
      yield* sql`UPDATE products SET prices = '{7,8,26}' WHERE id = ${id}`
      assert.lengthOf(yield* wrong, 1)
      yield* sql`DELETE FROM products WHERE id = ${id}`
    })
  )

  it.effect("are listed while others search on every connection for that", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const sql = yield* SqlClient.SqlClient
      const list = (query: string) => server.get(`/api/v1/products?fields=price&limit=2&${query}`)
      yield* list("min_price=10")
      const searching = sql`SELECT pg_sleep(60)`.unprepared
      yield* Effect.gen(function* () {
        yield* Effect.forkScoped(
          Effect.all(
            Array.from({ length: searches }, () => searching),
            { concurrency: "unbounded" }
          )
        )
        const busy = sql<{ count: number }>`
          SELECT count(*)::int AS count FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND state = 'active'`
        yield* eventually(busy, ([row]) => row?.count === searches)
        // What was told is asked for again.
        yield* TestClock.adjust("11 seconds")
        for (const query of ["min_price=11", "sort=price&max_price=280"]) {
          assert.strictEqual((yield* list(query)).status, 200, query)
        }
      }).pipe(Effect.scoped)
    })
  )

  it.effect("are told by a sample of those of which a price is between, at most 10 s old", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const sql = yield* SqlClient.SqlClient
      const [large, small] = yield* categories
      const about = yield* makePriceSample(sql)
      const edges = yield* sql<{ least: number; most: number }>`
        SELECT min_price::int AS least, max_price::int AS most FROM products p
        WHERE zst_in_sample(p.id) AND min_price BETWEEN 9000 AND 15000 ORDER BY min_price = max_price, min_price LIMIT 3`
      const exact = [...bounds, ...edges.flatMap(({ least, most }) => [least, most])]
      for (const filter of filters([large.id, small.id], exact)) {
        const { minPrice = 0, maxPrice = 1_000_000 } = filter
        const [sampled] = yield* sql<{ count: number }>`
          SELECT 64 * count(*)::int AS count FROM products p
          WHERE zst_in_sample(p.id) AND ${productConditions(sql, { status: "active", categoryIds: filter.categoryIds })}
            AND EXISTS (SELECT FROM unnest(coalesce(p.prices, ARRAY[min_price, max_price])) AS price
              WHERE price BETWEEN ${minPrice} AND ${maxPrice})`
        assert.strictEqual(yield* about(filter), sampled?.count, JSON.stringify(filter))
      }
      const path = "/api/v1/products?fields=price&limit=2"
      const meta = (query: string) => Effect.map(server.get(`${path}${query}`), ({ json }) => json.meta)
      for (const [query, total] of [
        ["", 30_000],
        ["&min_price=100", 20_301],
        ["&max_price=200", 20_000],
        ["&min_price=100&max_price=200", 10_301],
        [`&category=${large.slug}`, 10_000],
        [`&category=${large.slug}&sort=popular&max_price=280`, 9333],
        [`&category=${small.slug}`, 2000],
        [`&category=${small.slug}&min_price=200`, 666],
        ["&min_price=100&max_price=110&sort=rating", 1203],
        ["&min_price=200&max_price=100", 0],
        ["&min_price=330.01", 0]
      ] as const) {
        const { total: told, total_is_estimate: isEstimate } = yield* meta(query)
        assert.strictEqual(isEstimate, total > 9000 || undefined, `${query} ${told}`)
        if (isEstimate) assert.closeTo(told, total, total / 4, query)
        else assert.strictEqual(told, total, query)
      }
      const before = yield* meta("")
      yield* sql`UPDATE products SET status = 'archived' WHERE price > 25000`.pipe(patiently(sql, "1 minute"))
      yield* TestClock.adjust("9 seconds")
      assert.strictEqual((yield* meta("&page=2")).total, before.total)
      yield* TestClock.adjust("2 seconds")
      assert.closeTo((yield* meta("&page=2")).total, 25_000, 2000)
      assert.notStrictEqual((yield* meta("&page=2")).total, before.total)
      // All leave: who comes now is not told of those that were.
      yield* sql`DELETE FROM products`.pipe(patiently(sql, "1 minute"))
      yield* TestClock.adjust("2 seconds")
      assert.deepInclude(yield* meta("&page=3"), { total: 0, has_next: false })
    })
  )
})
