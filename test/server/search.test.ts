/** What is looked for is words, and looking costs what is found, not what there is. */
import { randomUUID } from "node:crypto"
import { assert, layer } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import { keepWords, mostWordsOfShop, settleWords } from "../../src/services/catalog/jobs.ts"
import {
  amongCategories,
  catalogueRows,
  distinct,
  meantBy,
  mostSimilar,
  type ProductFilter,
  partsByPrice,
  productConditions,
  productOrders,
  productRows,
  relevance
} from "../../src/services/catalog/productSql.ts"
import { countTo } from "../../src/services/estimates.ts"
import { searched } from "../../src/services/list.ts"
import { locks } from "../../src/services/locks.ts"
import { Centimes } from "../../src/services/model.ts"
import { census, counting, pageStatement, sampling } from "../../src/services/pageSql.ts"
import { patiently } from "../../src/services/patience.ts"
import { wordsIn } from "../../src/services/words.ts"
import { cursorParts, cursorText } from "../support/cursors.ts"
import { waiting, whileHeld } from "../support/locks.ts"
import { scansOf } from "../support/scans.ts"
import { TestServer } from "../support/server.ts"
import { absent, addProduct, order } from "../support/shop.ts"

/** Letters to JavaScript, and nothing once folded, or nothing that has trigrams. */
const unfindable = ["ʼ", "ـ", "ـــ", "ʼ ـ", "٭", "\u0652", "%", "_", "''", "َ ِ"]

const seller = Effect.flatMap(TestServer, (server) => server.person("seller", "importateur"))

layer(TestServer.layer)("a search", (it) => {
  it.effect("for what is no word finds nothing, wherever one searches", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const owner = yield* seller
      const admin = yield* server.person("admin")
      const { id } = yield* addProduct(owner, { name: "Huile d'argan" })
      yield* order([{ product_id: id, quantity: 1 }])
      const places = [
        ["/api/v1/products?", undefined],
        ["/api/v1/seller/products?", owner],
        ["/api/v1/seller/orders?", owner],
        ["/api/v1/admin/users?", admin]
      ] as const
      for (const [path, who] of places) {
        assert.isAbove((yield* server.get(path, who)).json.meta.total, 0, path)
        for (const text of unfindable) {
          const { status, json } = yield* server.get(`${path}search=${encodeURIComponent(text)}`, who)
          if (status === 422) continue
          assert.deepStrictEqual([status, json.meta.total], [200, 0], `${path} ${text}`)
        }
      }
    })
  )

  it.effect("is planned for its own words, not for those of six others", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const sql = yield* SqlClient.SqlClient
      for (const word of ["un", "deux", "trois", "quatre", "cinq", "six", "sept"]) {
        assert.strictEqual((yield* server.get(`/api/v1/products?search=${word}`)).status, 200)
      }
      // On every connection that lends itself to reading.
      const kept = sql<{ text: string }>`
        SELECT statement AS text FROM pg_prepared_statements WHERE statement LIKE '%found AS' || ' MATERIALIZED%'`
      const all = yield* Effect.all(
        [...Array(12).fill(kept), ...Array(4).fill(kept.unprepared)] as Array<typeof kept>,
        { concurrency: "unbounded" }
      )
      assert.deepStrictEqual(all.flat(), [])
    })
  )

  it.effect("takes words apart by whatever stands between them, on both sides", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      yield* addProduct(yield* seller, { name: "Shampooing 2-en-1 (400ml) d’Alger", brand: "L'Ami" })
      for (const text of ["2-en-1", "2 en 1", "en-1", "d'alger", "alger d", "l’ami", "400ml)"]) {
        const { json } = yield* server.get(`/api/v1/products?search=${encodeURIComponent(text)}`)
        assert.strictEqual(json.meta.total, 1, text)
      }
    })
  )

  it.effect("that is not typed right is corrected to words of products, a page and its total from one look", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const owner = yield* seller
      for (let i = 0; i < 5; i++) yield* addProduct(owner, { name: `Cafetière ${i} italienne` })
      yield* settleWords(yield* SqlClient.SqlClient)
      const first = yield* server.get("/api/v1/products?search=caftiere+italiene&limit=2")
      assert.deepInclude(first.json.meta, { total: 5, total_pages: 3, has_next: true })
      const next = yield* server.get(
        `/api/v1/products?search=caftiere+italiene&limit=2&cursor=${first.json.meta.next_cursor}`
      )
      assert.deepInclude(next.json.meta, { page: 2, total: 5, has_next: true })
      const ids = [...first.json.data, ...next.json.data].map(({ id }: { id: string }) => id)
      assert.strictEqual(new Set(ids).size, 4)
      const past = yield* server.get("/api/v1/products?search=caftiere+italiene&limit=2&page=9")
      assert.deepInclude(past.json.meta, { total: 5, has_next: false })
      const neither = yield* server.get("/api/v1/products?search=caftiere+zzyzx")
      assert.strictEqual(neither.json.meta.total, 0)
    })
  )

  it.effect("goes on whatever words of others are near to its own, and whatever its cursor says was meant", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const sql = yield* SqlClient.SqlClient
      const owner = yield* seller
      for (let i = 0; i < 5; i++) yield* addProduct(owner, { name: `Tabouret ${i} chêne` })
      // Letters that become two or four are let in by the sign, and stand in words by the letter.
      yield* addProduct(yield* seller, { name: `${"tabouret".repeat(24)}${"œ".repeat(8)}` })
      yield* addProduct(yield* seller, { name: "ﷲ".repeat(50) })
      yield* settleWords(sql)
      const path = "/api/v1/products?limit=2&search="
      const first = yield* server.get(`${path}taburet`)
      assert.strictEqual(first.status, 200, first.text)
      assert.strictEqual(first.json.meta.total, 5)
      const next = yield* server.get(`${path}taburet&cursor=${first.json.meta.next_cursor}`)
      assert.strictEqual(next.status, 200, next.text)
      const long = yield* server.get(`${path}${encodeURIComponent("ﷲ".repeat(60))}`)
      assert.strictEqual(long.status, 200, long.text)
      // What is no word of a text would be looked for in every product: it is what is meant now that is.
      const cursor = cursorParts(first.json.meta.next_cursor)
      for (const near of ["\u{16EA0}", "ٰ"]) {
        const forged = cursorText({ ...cursor, meaning: [["taburet", near]] })
        const asked = yield* server.get(`${path}taburet&cursor=${forged}`)
        assert.deepStrictEqual(asked.json.data, next.json.data)
      }
    })
  )

  it.effect("knows so many words of one shop, those that most of its products have", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const { id } = yield* seller
      yield* sql`
        INSERT INTO products (id, seller_id, slug, name, price, min_price, max_price)
        SELECT uuidv7(), ${id}, 'mots-' || n, 'guirlande ' || (
          SELECT string_agg('mot' || translate((n * 10 + i)::text, '0123456789', 'abcdefghij'), ' ') FROM generate_series(1, 10) i), 1, 1, 1
        FROM generate_series(1, ${mostWordsOfShop / 10 + 100}::int) AS n`.pipe(patiently(sql, "1 minute"))
      yield* settleWords(sql)
      const known = yield* sql<{
        count: number
      }>`SELECT count(*)::int AS count FROM product_words WHERE word LIKE 'mot%'`
      assert.deepStrictEqual(known, [{ count: mostWordsOfShop - 1 }])
      const common = yield* sql<{ products: number }>`SELECT products FROM product_words WHERE word = 'guirlande'`
      assert.deepStrictEqual(common, [{ products: mostWordsOfShop / 10 + 100 }])
      yield* sql`DELETE FROM products WHERE seller_id = ${id}`.pipe(patiently(sql, "1 minute"))
    })
  )

  it.effect("knows of as many words of one shop first those without a number, from anywhere in the alphabet", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const { id } = yield* seller
      const products = mostWordsOfShop / 10 + 40
      yield* sql`
        INSERT INTO products (id, seller_id, slug, name, price, min_price, max_price)
        SELECT uuidv7(), ${id}, 'crus-' || n, 'ref' || n || ' ' || (
          SELECT string_agg('cru' || translate(lpad((n * 10 + i)::text, 5, '0'), '0123456789', 'abcdefghij'), ' ')
          FROM generate_series(0, 9) i), 1, 1, 1
        FROM generate_series(1, ${products}::int) AS n`.pipe(patiently(sql, "1 minute"))
      yield* settleWords(sql)
      const known = yield* sql<{ word: string }>`
        SELECT word FROM product_words WHERE word ~ '^(cru[a-j]{5}|ref[0-9]+)$' ORDER BY word`
      const words = known.map(({ word }) => word)
      assert.lengthOf(words, mostWordsOfShop)
      assert.isEmpty(words.filter((word) => word.startsWith("ref")))
      // Of 400 that are left out about as many are of the first half as of the second.
      const middle = `cru${[...String(products * 5).padStart(5, "0")].map((digit) => "abcdefghij"[Number(digit)]).join("")}`
      assert.closeTo(words.filter((word) => word < middle).length, mostWordsOfShop / 2, 60)
      yield* sql`DELETE FROM products WHERE seller_id = ${id}`.pipe(patiently(sql, "1 minute"))
    })
  )

  it.effect("knows the words in time, however long somebody else settles them", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const job = yield* keepWords
      const kept = yield* whileHeld(
        sql`SELECT pg_advisory_xact_lock(${locks.words})`,
        Effect.gen(function* () {
          const kept = yield* Effect.forkChild(job.run({}, { id: "words", attempts: 1 }))
          yield* waiting(1)
          // Longer than a request waits for a lock.
          yield* TestClock.withLive(Effect.sleep("1500 millis"))
          return kept
        })
      )
      yield* Fiber.join(kept)
    })
  )

  it.effect("means what was typed, or two letters of it changed places, before any of thousands that are like it", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      // More products have each of the others.
      const among = (typed: string, meant: string) => sql`
        INSERT INTO product_words (word, products)
        SELECT ${typed}::text || translate(lpad(n::text, 4, '0'), '0123456789', 'abcdefghij'), 5
        FROM generate_series(1, 2100) AS n UNION ALL SELECT ${meant}, 1`
      for (const [typed, meant] of [
        ["vitrail", "vitrail"],
        ["lutsre", "lustre"]
      ] as const) {
        yield* among(typed, meant)
        const [first] = yield* meantBy(sql, [typed])
        assert.strictEqual(first?.near[0], meant)
      }
      yield* sql`DELETE FROM product_words WHERE word ~ '^(vitrail|lutsre|lustre)'`
    })
  )

  it.effect("means what most products have, however many words of one shop are like it", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const sql = yield* SqlClient.SqlClient
      const { id } = yield* seller
      const owner = yield* seller
      for (let i = 0; i < 3; i++) yield* addProduct(owner, { name: `Paillasson ${i} coco` })
      const letters = (n: string) => sql.literal(`translate(lpad((${n})::text, 5, '0'), '0123456789', 'abcdefghij')`)
      yield* sql`
        INSERT INTO products (id, seller_id, slug, name, price, min_price, max_price)
        SELECT uuidv7(), ${id}, 'paillasson-' || n, (
          SELECT string_agg('paillasson' || ${letters("n * 10 + i")}, ' ') FROM generate_series(1, 10) i), 1, 1, 1
        FROM generate_series(1, 400) AS n`.pipe(patiently(sql, "1 minute"))
      yield* settleWords(sql)
      // As the job does when it counts one anew: it is written behind all others.
      yield* sql`UPDATE product_words SET products = products WHERE word = 'paillasson'`
      for (const typed of ["paillason", "pailasson", "apillasson"]) {
        const [first] = yield* meantBy(sql, [typed])
        assert.include(first?.near ?? [], "paillasson", typed)
      }
      const { json } = yield* server.get("/api/v1/products?search=paillason&limit=3&fields=name")
      assert.isTrue(
        json.data.every(({ name }: { name: string }) => name.endsWith("coco")),
        JSON.stringify(json.data)
      )
      yield* sql`DELETE FROM products WHERE seller_id = ${id}`.pipe(patiently(sql, "1 minute"))
    })
  )

  it.effect("is forgiven two letters that changed places, in a short word too", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const owner = yield* seller
      yield* addProduct(owner, { name: "Kilim rond", name_ar: "كليم" })
      yield* addProduct(owner, { name: "Kilo de miel", name_ar: "عسل" })
      yield* settleWords(yield* SqlClient.SqlClient)
      for (const [typed, meant] of [
        ["klim", "Kilim rond"],
        ["iklim", "Kilim rond"],
        ["kiilm", "Kilim rond"],
        ["kliim", "Kilim rond"],
        ["rodn", "Kilim rond"],
        ["mile", "Kilo de miel"],
        ["عسل", "Kilo de miel"],
        ["سعل", "Kilo de miel"],
        ["كيلم", "Kilim rond"]
      ] as const) {
        const { json } = yield* server.get(`/api/v1/products?search=${encodeURIComponent(typed)}`)
        assert.strictEqual(json.data[0]?.name, meant, typed)
      }
      const other = yield* server.get("/api/v1/products?search=dnor")
      assert.strictEqual(other.json.meta.total, 0)
    })
  )

  it.effect("shows first what was most likely meant, on every page", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const owner = yield* seller
      // Alike to what is typed, but nobody means it.
      for (const name of ["Taipes gris", "Tapis berbère", "Taipes noir", "Tapis de laine"]) {
        yield* addProduct(owner, { name, name_ar: "شيء" })
      }
      yield* settleWords(yield* SqlClient.SqlClient)
      const shown: Array<string> = []
      for (let query = "search=taips&limit=1"; ; ) {
        const { json } = yield* server.get(`/api/v1/products?${query}`)
        shown.push(...json.data.map(({ name }: { name: string }) => name.split(" ")[0]))
        if (!json.meta.has_next) break
        query = `search=taips&limit=1&cursor=${json.meta.next_cursor}`
      }
      assert.deepStrictEqual(shown, ["Tapis", "Tapis", "Taipes", "Taipes"])
    })
  )

  it.effect("knows the words of what is on sale, and no others", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const sql = yield* SqlClient.SqlClient
      const owner = yield* seller
      const { id } = yield* addProduct(owner, { name: "Ancienquinquet cuivre" })
      yield* settleWords(sql)
      const repeated = yield* addProduct(owner, { name: "Bisquinquet bisquinquet", brand: "Bisquinquet" })
      yield* settleWords(sql)
      const [often] = yield* sql`SELECT products FROM product_words WHERE word = 'bisquinquet'`
      assert.deepStrictEqual(often, { products: 1 })
      yield* server.send("DELETE", `/api/v1/products/${repeated.id}`, owner)
      yield* settleWords(sql)
      yield* addProduct(owner, { name: "Brouillonquinquet cuivre", status: "draft" })
      yield* server.patch(`/api/v1/products/${id}`, { name: "Nouveauquinquet cuivre" }, owner)
      const known = sql`SELECT word FROM product_words WHERE word ~ 'quinquet|cuivre' ORDER BY word`
      // Whatever anybody writes in between.
      assert.deepStrictEqual(yield* known, [{ word: "ancienquinquet" }, { word: "cuivre" }])
      yield* Effect.all([settleWords(sql), settleWords(sql)], { concurrency: 2 })
      assert.deepStrictEqual(yield* known, [{ word: "cuivre" }, { word: "nouveauquinquet" }])
    })
  )

  it.effect("that finds more than are counted walks through them in their order, whatever its cursor says", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const sql = yield* SqlClient.SqlClient
      const { id } = yield* seller
      yield* sql`
        INSERT INTO products (id, seller_id, slug, name, price, min_price, max_price)
        SELECT uuidv7(), ${id}, 'lanterne-' || n, 'Lanterne ' || n, n, n, n FROM generate_series(1, 10050) AS n`.pipe(
        patiently(sql, "1 minute")
      )
      yield* sql`ANALYZE products`
      const path = "/api/v1/products?search=lanterne&sort=-price&limit=50"
      const pricesOf = (json: { data: ReadonlyArray<{ price: number }> }) => json.data.map(({ price }) => price)
      const range = (from: number) => Array.from({ length: 50 }, (_, i) => (from - i) / 100)
      const first = yield* server.get(path)
      assert.deepStrictEqual(pricesOf(first.json), range(10050))
      assert.isAtLeast(first.json.meta.total, 10001)
      const next = yield* server.get(`${path}&cursor=${first.json.meta.next_cursor}`)
      assert.deepStrictEqual(pricesOf(next.json), range(10000))
      // In a process that has not met this search.
      yield* TestClock.adjust("1 minute")
      const later = yield* server.get(`${path}&cursor=${next.json.meta.next_cursor}`)
      assert.deepStrictEqual(pricesOf(later.json), range(9950))
      yield* sql`DELETE FROM products WHERE seller_id = ${id}`
    })
  )

  it.effect("that is not typed right looks among so many at most, whatever its cursor says of their total", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const sql = yield* SqlClient.SqlClient
      const { id } = yield* seller
      yield* sql`
        INSERT INTO products (id, seller_id, slug, name, price, min_price, max_price)
        SELECT uuidv7(), ${id}, 'veilleuse-' || n, 'Veilleuse ' || n, 1, 1, 1
        FROM generate_series(1, ${mostSimilar + 100}) AS n`.pipe(patiently(sql, "1 minute"))
      yield* settleWords(sql)
      const path = "/api/v1/products?search=veileuse&limit=100&fields=name"
      const pageAt = Effect.fnUntraced(function* (cursor: string) {
        const { status, json, text } = yield* server.get(`${path}&cursor=${cursor}`)
        assert.strictEqual(status, 200, text)
        return json
      })
      const start = { list: "found_products", order: "relevance", value: "9", id: absent, page: 2, total: 20_000 }
      const counted = yield* pageAt(cursorText({ ...start, estimated: false }))
      let page = yield* pageAt(cursorText({ ...start, estimated: true }))
      assert.deepStrictEqual(page.data, counted.data)
      let seen = page.data.length
      while (page.meta.has_next) {
        page = yield* pageAt(page.meta.next_cursor)
        seen += page.data.length
      }
      assert.strictEqual(seen, mostSimilar)
      let walks = 0
      const walk = Effect.fnUntraced(function* (meanwhile: Effect.Effect<unknown, unknown>) {
        const names: string[] = []
        // An address of its own: pages of the walk before are kept for a second.
        const own = `${path}${",name".repeat(++walks)}`
        for (let query = own; ; ) {
          const { json } = yield* server.get(query)
          // There may be more.
          assert.deepInclude(json.meta, { total: mostSimilar, total_is_estimate: true })
          names.push(...json.data.map(({ name }: { name: string }) => name))
          if (!json.meta.has_next) return names.toSorted()
          yield* Effect.orDie(meanwhile)
          query = `${own}&cursor=${json.meta.next_cursor}`
        }
      })
      const sold = sql`UPDATE products SET sold_count = sold_count + 1 WHERE seller_id = ${id} AND random() < 0.5`
      const met = yield* walk(Effect.void)
      assert.lengthOf(met, mostSimilar)
      assert.deepStrictEqual(yield* walk(sold), met)
      // The words that are near it become others, as those of new products are counted, and leave again.
      let turn = 0
      const others = Effect.suspend(() =>
        turn++ % 2 === 0
          ? sql`INSERT INTO product_words VALUES ('veileuse', 1), ('veileuses', 1)`
          : sql`DELETE FROM product_words WHERE word IN ('veileuse', 'veileuses')`
      )
      const walked = yield* walk(others)
      assert.deepStrictEqual(walked, met)
      yield* sql`DELETE FROM product_words WHERE word IN ('veileuse', 'veileuses')`
      for (const meaning of [
        [["a\u0000"]],
        [["veileuse", ".*"]],
        [["\ud800"]],
        [["a".repeat(201)]],
        Array(9).fill([]),
        "a",
        null
      ]) {
        const { status } = yield* server.get(`${path}&cursor=${cursorText({ ...start, estimated: true, meaning })}`)
        assert.strictEqual(status, 422)
      }
      yield* sql`DELETE FROM products WHERE seller_id = ${id}`
    })
  )

  it.effect("knows words that are settled by one at a time", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const settled = yield* whileHeld(
        sql`SELECT pg_advisory_xact_lock(${locks.words})`,
        Effect.tap(Effect.forkChild(settleWords(sql).pipe(patiently(sql, "1 minute", { lock_timeout: "1min" }))), () =>
          waiting(1)
        )
      )
      yield* Fiber.join(settled)
    })
  )

  it.effect("meets common words in the order that is asked for, and looks up what never stands together", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const sql = yield* SqlClient.SqlClient
      const { id } = yield* seller
      yield* sql`
        INSERT INTO products (id, seller_id, slug, name, price, min_price, max_price)
        SELECT uuidv7(), ${id}, 'lampadaire-' || n, CASE WHEN n % 2 = 0 THEN 'Lampadaire doré ' ELSE 'Applique argent ' END
          || CASE WHEN n % 4 = 0 THEN '' ELSE 'salon moderne ' END || n, n, n, n
        FROM generate_series(1, 24000) AS n`.pipe(patiently(sql, "1 minute"))
      yield* settleWords(sql).pipe(patiently(sql, "1 minute"))
      yield* sql`ANALYZE products`
      // What was small to this process is looked at again.
      yield* TestClock.adjust("1 minute")
      const path = "/api/v1/products?fields=price&limit=50"
      const pricesOf = (json: { data: ReadonlyArray<{ price: number }> }) => json.data.map(({ price }) => price)
      const range = (from: number, step: number) => Array.from({ length: 50 }, (_, i) => (from + i * step) / 100)
      const first = yield* server.get(`${path}&search=lampadaire&sort=-price`)
      assert.deepStrictEqual(pricesOf(first.json), range(24_000, -2))
      assertTold(first.json.meta, 12_000)
      const next = yield* server.get(`${path}&search=lampadaire&sort=-price&cursor=${first.json.meta.next_cursor}`)
      assert.deepStrictEqual(pricesOf(next.json), range(23_900, -2))
      assert.strictEqual(next.json.meta.total, first.json.meta.total)
      const together = yield* server.get(`${path}&search=dore+lampadaire&sort=-price`)
      assert.deepStrictEqual(pricesOf(together.json), range(24_000, -2))
      assertTold(together.json.meta, 12_000)
      // Told by one in 64; far in, where it is no longer met, as where it began.
      const common = yield* server.get(`${path}&search=salon+moderne&sort=-price`)
      const three = Array.from({ length: 67 }, (_, i) => 24_000 - i).filter((price) => price % 4 !== 0)
      assert.deepStrictEqual(
        pricesOf(common.json),
        three.map((price) => price / 100)
      )
      assertTold(common.json.meta, 18_000)
      const both = ["salon", "moderne"].map((word) => ({ word, near: [] }))
      const sampled = sampling(
        sql,
        { ...catalogueRows, name: "products" },
        productConditions(sql, { status: "active", words: both })
      )
      const read = yield* sql`SET LOCAL enable_seqscan = off`.pipe(
        Effect.andThen(scansOf(sql, sampled)),
        sql.withTransaction
      )
      assert.isAtMost(read.found + read.removed, 600)
      const plan = yield* sql`SET LOCAL enable_seqscan = off`.pipe(
        Effect.andThen(
          sql`EXPLAIN ${sampling(
            sql,
            { ...catalogueRows, name: "products" },
            productConditions(sql, {
              status: "active",
              words: [
                { word: "lampadaire", near: [] },
                { word: "argent", near: [] }
              ]
            })
          )}`
        ),
        sql.withTransaction
      )
      for (const index of ["products_search_sample", "products_search_small_sample"]) {
        assert.include(JSON.stringify(plan), `on ${index} `)
      }
      for (const sort of ["price", "-price", "popular", "rating", "created_at", "-created_at"]) {
        for (const page of [1, 2, 60]) {
          const { json } = yield* server.get(`${path}&search=lampadaire&sort=${sort}&page=${page}`)
          assert.strictEqual(json.meta.total, first.json.meta.total, `${sort} ${page}`)
        }
      }
      const far = yield* server.get(`${path}&search=salon+moderne&sort=-price&page=190`)
      assert.strictEqual(far.json.meta.total, common.json.meta.total)
      // What stands together in a few alone is counted, where all of it comes first too.
      const named = (name: string) => sql`
        UPDATE products SET name = ${name} || price WHERE seller_id = ${id} AND price > 23860 AND price % 2 = 0`
      yield* named("Lampadaire argent ")
      const few = yield* server.get(`${path}&search=lampadaire+argent&sort=-price`)
      assert.deepInclude(few.json.meta, { total: 70, total_pages: 2 })
      assert.notProperty(few.json.meta, "total_is_estimate")
      yield* named("Lampadaire doré ")
      const after = yield* server.get(
        `${path}&search=dore+lampadaire&sort=-price&cursor=${together.json.meta.next_cursor}`
      )
      assert.deepStrictEqual(pricesOf(after.json), range(23_900, -2))
      // Of what is not typed right those that were there first, page by page.
      const met: Array<number> = []
      let cursor = ""
      for (let pages = 0; pages < 4; pages++) {
        const page = yield* server.get(`${path}&search=lampadiare${cursor}`)
        assert.deepInclude(page.json.meta, { total: 200, total_is_estimate: true })
        assert.strictEqual(page.json.meta.has_next, pages < 3)
        met.push(...pricesOf(page.json))
        cursor = `&cursor=${page.json.meta.next_cursor}`
      }
      const first200 = Array.from({ length: 200 }, (_, i) => (2 * (i + 1)) / 100)
      assert.deepStrictEqual(
        met.toSorted((a, b) => a - b),
        first200
      )
      const dear = yield* server.get(`${path}&search=lampadaire&sort=price&min_price=200`)
      assert.deepStrictEqual(pricesOf(dear.json), range(20_000, 2))
      assert.strictEqual(dear.json.meta.total, 2001)
      // As many as are met soon are told of, whatever else is asked for; of fewer each is counted.
      const fresh = yield* server.get(`${path}&search=lampadaire&is_new=true&seller=${id}&sort=-price`)
      assert.deepStrictEqual(pricesOf(fresh.json), range(24_000, -2))
      assertTold(fresh.json.meta, 12_000)
      yield* sql`UPDATE products SET original_price = price + 1 WHERE seller_id = ${id} AND price <= 2000`
      for (const [query, total] of [
        ["is_promo=true", 2000],
        ["is_promo=true&max_price=9", 900],
        ["is_promo=true&search=lampadaire", 1000],
        ["search=lampadaire+dore&max_price=40", 2000],
        [`search=lampadaire&max_price=40&seller=${id}`, 2000]
      ] as const) {
        const { json } = yield* server.get(`${path}&${query}`)
        assert.strictEqual(json.meta.total, total, query)
        assert.notProperty(json.meta, "total_is_estimate", query)
      }
      const promos = productConditions(sql, { status: "active", isPromo: true })
      yield* sql`ANALYZE products`
      const promo = yield* scansOf(sql, census(sql, { ...catalogueRows, name: "products" }, promos, countTo))
      assert.isAtMost(promo.found + promo.removed, 8000)
      // Of those that very many pass a sample tells how many; the planner has not heard of these.
      yield* sql`UPDATE products SET is_promo = true WHERE seller_id = ${id} AND price <= 15000`.pipe(
        patiently(sql, "1 minute")
      )
      // What was told of them a moment ago is told for some seconds.
      yield* TestClock.adjust("1 minute")
      for (const [query, total] of [
        ["is_promo=true", 15_000],
        ["is_promo=true&search=lampadaire&sort=-price", 7500],
        ["is_promo=true&search=lampadaire&sort=popular", 7500],
        [`seller=${id}&search=lampadaire&max_price=150&sort=-created_at`, 7500],
        ["min_price=20", 22_001],
        [`seller=${id}&min_price=100&sort=-price`, 14_001]
      ] as const) {
        const { json } = yield* server.get(`${path}&${query}`)
        assert.closeTo(json.meta.total, total, total / 3, query)
        assert.isTrue(json.meta.total_is_estimate, query)
        if (query.includes("search")) assert.deepStrictEqual(pricesOf(json), range(15_000, -2), query)
        const on = yield* server.get(`${path}&${query}&cursor=${json.meta.next_cursor}`)
        assert.strictEqual(on.json.meta.total, json.meta.total)
      }
      for (const least of [2000, 3500, 9990, 10_000, 11_000]) {
        const { json } = yield* server.get(`${path}&seller=${id}&min_price=${(24_000 - least + 1) / 100}`)
        if (json.meta.total_is_estimate) assertTold(json.meta, least)
        else assert.isTrue(json.meta.total === least && least < 9000, `${least} ${json.meta.total}`)
      }
      const big = productConditions(sql, { status: "active", minPrice: Centimes.make(2000) })
      const counted = yield* scansOf(sql, census(sql, { ...catalogueRows, name: "products" }, big, countTo))
      assert.isAtMost(counted.found, 1000)
      // What is cheap comes last of the dear: a few are looked up, not walked for.
      for (const found of [
        { few: 2000, isSampled: true },
        { most: 2000, byId: true }
      ] as const) {
        const cheap = pageStatement(
          sql,
          { ...catalogueRows, name: "products" },
          { order: productOrders["-price"], page: 1, limit: 50, offset: 0, after: undefined },
          {
            where: productConditions(sql, { status: "active", maxPrice: Centimes.make(900), isPromo: true }),
            column: sql`1`,
            counted: countTo,
            found
          }
        )
        const { found: passed, removed: others } = yield* scansOf(sql, cheap)
        assert.isAtMost(passed + others, 6000)
      }
      const third = yield* server.get(`${path}&search=applique&sort=price&page=3`)
      assert.deepStrictEqual(pricesOf(third.json), range(201, 2))
      const words = [{ word: "lampadaire", near: [] }]
      const statement = pageStatement(
        sql,
        { ...productRows, name: "products" },
        { order: productOrders["-price"], page: 1, limit: 50, offset: 0, after: undefined },
        {
          where: productConditions(sql, { status: "active", words }),
          column: sql`1`,
          counted: undefined,
          found: {
            among: productConditions(sql, { status: "active" }),
            each: productConditions(sql, { status: "active", words }),
            most: 51,
            rows: searched
          }
        }
      )
      const { found, scans } = yield* scansOf(sql, statement)
      assert.deepStrictEqual(scans, ["Index Scan"])
      assert.isAtMost(found, 150)
      const neither = yield* server.get(`${path}&search=lampadaire+applique`)
      assert.strictEqual(neither.json.meta.total, 0)
      const mistyped = yield* server.get(`${path}&search=lampadare`)
      assert.strictEqual(mistyped.json.meta.total, mostSimilar)
      // Nearly all leave before they are counted again.
      yield* sql`UPDATE products SET status = 'archived' WHERE seller_id = ${id} AND price > 6`.pipe(
        patiently(sql, "1 minute")
      )
      const left = yield* server.get(`${path}&search=lampadaire&sort=-price`)
      assert.deepStrictEqual(pricesOf(left.json), [0.06, 0.04, 0.02])
      assert.deepInclude(left.json.meta, { total: 3, total_pages: 1, has_next: false })
      assert.notProperty(left.json.meta, "total_is_estimate")
      yield* sql`DELETE FROM products WHERE seller_id = ${id}`.pipe(patiently(sql, "1 minute"))
    })
  )

  it.effect("takes words by which the same is meant for one", () =>
    Effect.sync(() => {
      const [one, same, other] = [
        { word: "tabl", near: ["table", "tables"] },
        { word: "tabel", near: ["tables", "table"] },
        { word: "zzyzx", near: [] }
      ]
      assert.deepStrictEqual(distinct([one, same, other, other]), [same, other])
    })
  )

  it.effect("is told by samples of which each has its share", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      for (const { where, oneIn } of catalogueRows.samples) {
        const [sampled] = yield* sql<{ count: number }>`
          SELECT count(*)::int AS count FROM generate_series(1, 200000) i, LATERAL (
            SELECT encode(substr(sha256(int4send(i)), 1, 16), 'hex')::uuid AS id) p WHERE ${sql.literal(where)}`
        assert.closeTo(sampled?.count ?? 0, 200_000 / oneIn, 3 * Math.sqrt(200_000 / oneIn), where)
      }
    })
  )

  it.effect("by any filter is counted in the samples, without a look at a product", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const money = Centimes.make(5)
      const filters: { [Name in Exclude<keyof ProductFilter, "status" | "words" | "codes">]-?: ProductFilter[Name] } = {
        sellerId: absent,
        sellerCategory: "grossiste",
        categoryIds: [absent],
        brand: "savon",
        minPrice: money,
        maxPrice: money,
        inStock: true,
        isPromo: true,
        isNew: true
      }
      const others = yield* sql<{ name: string }>`
        SELECT indexrelid::regclass::text AS name FROM pg_index
        WHERE indrelid = 'products'::regclass AND NOT indisunique AND indexrelid::regclass::text NOT LIKE '%sample'`
      const counted = Effect.gen(function* () {
        for (const { name } of others) yield* sql`DROP INDEX ${sql(name)}`
        yield* sql`SET LOCAL enable_seqscan = off`
        yield* sql`SET LOCAL enable_bitmapscan = off`
        for (const [name, value] of Object.entries(filters)) {
          for (const sample of catalogueRows.samples) {
            const where = sql`${productConditions(sql, { status: "active", [name]: value })} AND ${sql.literal(sample.where)}`
            const { scans } = yield* scansOf(sql, counting(sql, { ...catalogueRows, name: "products" }, where))
            assert.deepStrictEqual(scans, ["Index Only Scan"], `${name} ${sample.where}`)
          }
        }
        return yield* Effect.fail("indexes are not dropped")
      }).pipe(sql.withTransaction)
      assert.strictEqual(yield* Effect.flip(counted), "indexes are not dropped")
    })
  )

  it.effect(
    "within prices is walked through in every order by indexes alone, of one category, of several and of all",
    () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const [minPrice, maxPrice] = [Centimes.make(5), Centimes.make(50)]
        yield* Effect.gen(function* () {
          yield* sql`SET LOCAL enable_seqscan = off`
          yield* sql`SET LOCAL enable_bitmapscan = off`
          yield* sql`SET LOCAL enable_sort = off`
          for (const order of Object.values(productOrders)) {
            for (const categoryIds of [undefined, [absent], [absent, randomUUID()]]) {
              const filter = { status: "active", categoryIds, minPrice, maxPrice } as const
              const statement = pageStatement(
                sql,
                { ...catalogueRows, name: "products" },
                { order, page: 1, limit: 20, offset: 0, after: undefined },
                {
                  where: productConditions(sql, filter),
                  column: sql`1`,
                  counted: undefined,
                  among: amongCategories(filter),
                  parts: partsByPrice(sql, filter, order)
                }
              )
              const { scans } = yield* scansOf(sql, statement)
              assert.deepStrictEqual(
                new Set(scans),
                new Set(["Index Only Scan"]),
                `${order.name} ${categoryIds?.length}`
              )
            }
          }
        }).pipe(sql.withTransaction)
      })
  )

  it.effect("that misses looks at no more products than it finds", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const { id } = yield* seller
      yield* sql`
        INSERT INTO products (id, seller_id, slug, name, price, min_price, max_price)
        SELECT uuidv7(), ${id}, 'p' || n,
          format('Colis coloré %s قلم بالجملة لون ره (ق) x%s', CASE n % 10 WHEN 0 THEN 'parfum' WHEN 1 THEN 'samsung' ELSE 'autre' END, n), 1, 1, 1
        FROM generate_series(1, 6000) AS n`.pipe(patiently(sql, "1 minute"))
      yield* settleWords(sql)
      yield* sql`SELECT gin_clean_pending_list('products_search')`
      yield* sql`ANALYZE products`
      const looked = Effect.fnUntraced(function* (text: string, isFuzzy: boolean) {
        const words = yield* wordsIn(sql, text)
        const asked = isFuzzy ? yield* meantBy(sql, words) : words.map((word) => ({ word, near: [] }))
        const statement = pageStatement(
          sql,
          { ...productRows, name: "products" },
          { order: relevance(sql, words.join(" ")), page: 1, limit: 20, offset: 0, after: undefined },
          {
            where: productConditions(sql, { status: "active", words: asked }),
            column: sql`1`,
            counted: mostSimilar,
            found: { most: mostSimilar }
          }
        )
        // As on the connections that search.
        yield* sql`SET LOCAL enable_seqscan = off`
        return yield* scansOf(sql, statement)
      }, sql.withTransaction)
      const misses = ["ق-بال-ل-ره-colk", "coiffure", "zzyzx", "parfum samsung", "ʼ", "colocolocolo", "partum samsumg"]
      for (const text of misses) {
        for (const isFuzzy of [false, true]) {
          const { removed, scans } = yield* looked(text, isFuzzy)
          assert.isAtMost(removed, 50, `${text} ${isFuzzy}`)
          assert.notInclude(scans, "Seq Scan", text)
        }
      }
      // Patterns of letters that the index knows nothing of would be looked for in every product.
      for (const near of ["ⵣⵣⵣⵣ", "日本語", "ꀀꀀꀀ"]) {
        const where = productConditions(sql, { status: "active", words: [{ word: "zzqx", near: [near] }] })
        const { scans, removed } = yield* Effect.andThen(
          sql`SET LOCAL enable_seqscan = off`,
          scansOf(sql, sql`SELECT FROM products p WHERE ${where}`)
        ).pipe(sql.withTransaction)
        assert.notInclude(scans, "Seq Scan", near)
        assert.isAtMost(removed, 50, near)
      }
      const { found, removed } = yield* looked("partum", true)
      assert.strictEqual(found, mostSimilar)
      assert.isAtMost(removed, 50)
    })
  )
})

layer(TestServer.layer)("a list by price", (it) => {
  it.effect("passes nothing that is cheaper, and shows what begins below and ends above", () =>
    Effect.gen(function* () {
      const server = yield* TestServer
      const sql = yield* SqlClient.SqlClient
      const { id } = yield* seller
      yield* sql`
        INSERT INTO products (id, seller_id, slug, name, price, min_price, max_price, prices)
        SELECT uuidv7(), ${id}, 'p' || n, 'Colis ' || n, n, n, n + CASE WHEN n % 100 = 0 THEN 150 ELSE 0 END,
          CASE WHEN n % 100 = 0 THEN ARRAY[n, n + 150] END
        FROM generate_series(1, 5000) AS n`.pipe(patiently(sql, "1 minute"))
      yield* sql`ANALYZE products`
      for (const [name, passed, shown] of [
        ["price", 60, [3900, 4000, 4001]],
        ["-price", 60, [5000, 4999, 4998]]
      ] as const) {
        const filter: ProductFilter = { status: "active", minPrice: Centimes.make(4001) }
        const order = productOrders[name]
        const statement = pageStatement(
          sql,
          { ...productRows, name: "products" },
          { order, page: 1, limit: 20, offset: 0, after: undefined },
          {
            where: productConditions(sql, filter),
            column: sql`1`,
            counted: undefined,
            parts: partsByPrice(sql, filter, order)
          }
        )
        assert.isAtMost((yield* scansOf(sql, statement)).removed, passed, name)
        const { json } = yield* server.get(`/api/v1/products?fields=price&limit=3&sort=${name}&min_price=40.01`)
        assert.deepStrictEqual(
          json.data.map(({ price }: { price: number }) => Math.round(price * 100)),
          [...shown]
        )
      }
    })
  )
})

/** As samples of one in 64 tell it, hardly ever a half too many or too few. */
const assertTold = (meta: { readonly total: number; readonly total_is_estimate?: boolean }, total: number) => {
  assert.isTrue(meta.total_is_estimate, `${meta.total}`)
  assert.strictEqual(meta.total % 64, 0)
  assert.isAtLeast(meta.total, 4096)
  assert.closeTo(meta.total, total, total / 2)
}
