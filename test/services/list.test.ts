/** Lists over a table of their own, as a newcomer makes one. */
import { assert, layer } from "@effect/vitest"
import { Cause, Effect, Exit, Schema } from "effect"
import { SqlClient, type Statement } from "effect/sql"
import { TestClock } from "effect/testing"
import { catalogueRows, isSteady, type ProductFilter } from "../../src/services/catalog/productSql.ts"
import { ofList } from "../../src/services/connections.ts"
import { jsonOf } from "../../src/services/json.ts"
import { type List, makeList } from "../../src/services/list.ts"
import { Centimes, type PageMeta } from "../../src/services/model.ts"
import type { Rows } from "../../src/services/pageSql.ts"
import { ascending, bigint, descending, newestFirst, numeric, type Order } from "../../src/services/rowOrder.ts"
import { textOf } from "../../src/services/wire.ts"
import { cursorParts, cursorText } from "../support/cursors.ts"
import { TestDatabase } from "../support/database.ts"

const orders: Record<string, Order> = {
  newest: newestFirst("t"),
  oldest: ascending("created_at", "t.created_at", newestFirst("t").type),
  cheapest: ascending("price", "t.price", bigint),
  dearest: descending("-price", "t.price", bigint),
  popular: descending("popular", "t.sold", bigint),
  best: descending("best", "coalesce(t.rating, 0)", numeric(3, 2)),
  worst: ascending("worst", "coalesce(t.rating, 0)", numeric(3, 2))
}

let tables = 0
const Thing = Schema.Struct({ id: Schema.String })

/** A list of so many things; every value comes three or more times, so that ids settle most ties. */
const listOfThings = Effect.fnUntraced(function* (count: number, how: Partial<Rows> = {}) {
  const sql = yield* SqlClient.SqlClient
  const name = `things_${++tables}`
  const table = sql.literal(name)
  yield* sql`CREATE TABLE ${table} (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), price bigint, sold bigint,
    rating numeric(3, 2), created_at timestamptz(3))`
  const add = (many: number) => sql<{ id: string }>`
    INSERT INTO ${table} (price, sold, rating, created_at)
    SELECT 9007199254740000 - i % 7, i % 5 - 2, CASE WHEN i % 3 > 0 THEN i % 4 * 2.33 END,
      '2026-01-31T10:00:00.123Z'::timestamptz - i / 4 * interval '1 millisecond'
    FROM generate_series(1, ${many}::int) i RETURNING id`
  yield* add(count)
  const things = yield* makeList({ name, from: `${name} t`, alias: "t", ...how })
  return {
    name,
    table,
    things,
    add,
    shown: { where: sql.literal("true"), json: jsonOf(Thing, "t") }
  }
})

const decodeItems = Schema.decodeUnknownSync(Schema.fromJsonString(Schema.Array(Thing)))

type Things = Effect.Success<ReturnType<typeof listOfThings>>
type Asked = Parameters<List["page"]>[0]["query"]

const ask = Effect.fnUntraced(function* ({ things, shown }: Things, query: Asked, order: Order = newestFirst("t")) {
  const { items, meta } = yield* things.page({ query, order, ...shown })
  return { ids: decodeItems(textOf(items)).map(({ id }) => id), meta }
})

const rest = (meta: PageMeta) => ({ ...meta, next_cursor: meta.next_cursor === null ? null : "…" })

layer(TestDatabase)("a list", (it) => {
  it.effect("skips nothing where more come between the count of a few and their look-up, on no page", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      for (const [page, first] of [
        [1, "DESC"],
        [2, "ASC"]
      ] as const) {
        const list = yield* listOfThings(21_000, { scattered: true })
        const few = sql`SELECT id FROM ${list.table} ORDER BY created_at ${sql.literal(first)}, id ${sql.literal(first)} LIMIT 30`
        yield* sql`UPDATE ${list.table} SET sold = 7 WHERE id IN (${few})`
        yield* sql`CREATE INDEX ON ${list.table} (sold, created_at DESC)`
        yield* sql`ANALYZE ${list.table}`
        const come = Effect.andThen(
          sql`UPDATE ${list.table} SET sold = 7 WHERE price % 2 = 0`,
          // So that whoever takes the first there are takes others.
          sql`UPDATE ${list.table} SET rating = 1 WHERE id IN (${few})`
        )
        let asked = 0
        const interrupted = new Proxy(sql, {
          apply: (target, self, args) => {
            const made: Statement.Statement<unknown> | Statement.Identifier = Reflect.apply(target, self, args)
            const isCount = "compile" in made && made.compile()[0].startsWith(`${ofList} WITH census`)
            return isCount ? Effect.tap(made, () => (++asked === page ? come : Effect.void)) : made
          }
        })
        const rows = { name: list.name, from: `${list.name} t`, alias: "t", scattered: true } as const
        const things = yield* Effect.provideService(makeList(rows), SqlClient.SqlClient, interrupted)
        const its = { ...list, things, shown: { ...list.shown, where: sql`t.sold = 7` } }
        const right = yield* sql<{ id: string }>`
          SELECT id FROM ${list.table} t WHERE t.sold = 7 ORDER BY created_at DESC, id DESC`
        const begun = yield* ask(its, { limit: 20 })
        const ids = page === 1 ? [] : (yield* ask(its, { limit: 20, cursor: begun.meta.next_cursor ?? "" })).ids
        assert.strictEqual(asked, page)
        assert.strictEqual(begun.meta.total, 30)
        assert.deepStrictEqual(
          [...begun.ids, ...ids],
          right.slice(0, begun.ids.length + ids.length).map(({ id }) => id)
        )
        assert.lengthOf(ids, page === 1 ? 0 : 10)
      }
    })
  )

  it.effect("walks once over every row in every order, ties by id, while others come and go", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const list = yield* listOfThings(50)
      for (const [name, order] of Object.entries(orders)) {
        const { ids } = yield* ask(list, { limit: 100 }, order)
        assert.strictEqual(new Set(ids).size, 50, name)
        const byNumber: Array<string> = []
        for (const page of [1, 2, 3, 4]) byNumber.push(...(yield* ask(list, { limit: 13, page }, order)).ids)
        assert.deepStrictEqual(byNumber, ids, name)

        const walked: Array<string> = []
        let query: Asked = { limit: 13 }
        for (let page = 1; ; page++) {
          const asked = yield* ask(list, query, order)
          walked.push(...asked.ids)
          assert.strictEqual(asked.meta.page, page)
          assert.strictEqual(asked.meta.total, 50)
          if (asked.meta.next_cursor === null) break
          query = { limit: 13, cursor: asked.meta.next_cursor }
          const others = (yield* list.add(20)).map(({ id }) => id)
          assert.isAbove((yield* ask(list, { limit: 100 }, order)).ids.length, 50)
          yield* sql`DELETE FROM ${list.table} WHERE ${sql.in("id", others)}`
        }
        assert.deepStrictEqual(walked, ids, name)
      }
    })
  )

  it.effect("shows each of its rows once, whatever is put between them", () =>
    Effect.gen(function* () {
      const list = yield* listOfThings(40)
      const { ids } = yield* ask(list, { limit: 100 })
      const walked: Array<string> = []
      let cursor: string | null = ""
      while (cursor !== null) {
        const { ids: found, meta }: Effect.Success<ReturnType<typeof ask>> = yield* ask(list, {
          limit: 7,
          ...(cursor && { cursor })
        })
        walked.push(...found)
        cursor = meta.next_cursor
        yield* list.add(3)
      }
      assert.strictEqual(new Set(walked).size, walked.length)
      assert.deepStrictEqual(
        walked.filter((id) => ids.includes(id)),
        ids
      )
    })
  )

  it.effect("says where it ends: empty, on the last page and past it", () =>
    Effect.gen(function* () {
      const none = yield* listOfThings(0)
      const nothing = { total: 0, total_pages: 0, has_next: false, has_prev: false, next_cursor: null }
      assert.deepStrictEqual((yield* ask(none, { limit: 20 })).meta, { page: 1, limit: 20, ...nothing })
      assert.deepStrictEqual((yield* ask(none, { limit: 20, page: 4 })).meta, { page: 4, limit: 20, ...nothing })

      const six = yield* listOfThings(6)
      const of = (query: Asked) => Effect.map(ask(six, query), ({ ids, meta }) => [ids.length, rest(meta)])
      const all = { limit: 3, total: 6, total_pages: 2 }
      const more = { has_next: true, next_cursor: "…" }
      const end = { has_next: false, next_cursor: null }
      assert.deepStrictEqual(yield* of({ limit: 3 }), [3, { page: 1, ...all, ...more, has_prev: false }])
      assert.deepStrictEqual(yield* of({ limit: 3, page: 2 }), [3, { page: 2, ...all, ...end, has_prev: true }])
      assert.deepStrictEqual(yield* of({ limit: 3, page: 3 }), [0, { page: 3, ...all, ...end, has_prev: true }])
      const { meta } = yield* ask(six, { limit: 3 })
      const cursor = meta.next_cursor ?? ""
      assert.deepStrictEqual(yield* of({ limit: 3, cursor }), [3, { page: 2, ...all, ...end, has_prev: true }])
      const five = { page: 2, limit: 5, total: 6, total_pages: 2, ...end, has_prev: true }
      assert.deepStrictEqual(yield* of({ limit: 5, cursor }), [3, five])
      const seven = { page: 1, limit: 7, total: 6, total_pages: 1, ...end, has_prev: false }
      assert.deepStrictEqual(yield* of({ limit: 7 }), [6, seven])
    })
  )

  it.effect("ends a walk whose rows are gone", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const list = yield* listOfThings(9)
      const { meta } = yield* ask(list, { limit: 4 })
      yield* sql`DELETE FROM ${list.table}`
      const { ids, meta: last } = yield* ask(list, { limit: 4, cursor: meta.next_cursor ?? "" })
      assert.deepStrictEqual(ids, [])
      assert.deepInclude(last, { page: 2, total: 9, has_next: false, has_prev: true, next_cursor: null })
    })
  )

  it.effect("counts where a walk begins and not after: a cursor tells", () =>
    Effect.gen(function* () {
      const list = yield* listOfThings(9)
      const { meta } = yield* ask(list, { limit: 3 })
      yield* list.add(5)
      const second = yield* ask(list, { limit: 3, cursor: meta.next_cursor ?? "" })
      assert.deepInclude(second.meta, { total: 9, total_pages: 3 })
      assert.deepInclude((yield* ask(list, { limit: 3, page: 2 })).meta, { total: 14, total_pages: 5 })
      const told = cursorText({ ...cursorParts(meta.next_cursor ?? ""), total: 77_777, estimated: true })
      const third = yield* ask(list, { limit: 3, cursor: told })
      assert.deepInclude(third.meta, { total: 77_777, total_is_estimate: true })
      assert.deepInclude(cursorParts(third.meta.next_cursor ?? ""), { page: 3, total: 77_777, estimated: true })
    })
  )

  it.effect("estimates past 10,000 rows, says so, and keeps that for some seconds and a whole walk", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const list = yield* listOfThings(10_000)
      yield* sql`ANALYZE ${list.table}`
      const exact = yield* ask(list, { limit: 50 })
      assert.strictEqual(exact.meta.total, 10_000)
      assert.notProperty(exact.meta, "total_is_estimate")
      assert.strictEqual((yield* ask(list, { limit: 100, page: 100 })).meta.has_next, false)

      yield* list.add(10_000)
      yield* sql`ANALYZE ${list.table}`
      yield* TestClock.adjust("11 seconds")
      const first = yield* ask(list, { limit: 50 })
      assert.deepInclude(first.meta, { total: 20_000, total_is_estimate: true, total_pages: 400 })

      yield* sql`DELETE FROM ${list.table} WHERE sold < 2`
      yield* sql`ANALYZE ${list.table}`
      assert.deepInclude((yield* ask(list, { limit: 50, page: 2 })).meta, { total: 20_000, total_is_estimate: true })
      yield* TestClock.adjust("11 seconds")
      const later = yield* ask(list, { limit: 50, page: 2 })
      assert.strictEqual(later.meta.total, 4_000)
      assert.notProperty(later.meta, "total_is_estimate")
      const walk = yield* ask(list, { limit: 50, cursor: first.meta.next_cursor ?? "" })
      assert.deepInclude(walk.meta, { page: 2, total: 20_000, total_is_estimate: true })
    })
  )

  it.effect("of many rows counts and orders exactly what a filter leaves up to 10,000, however little that is", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const list = yield* listOfThings(21_000, { scattered: true })
      yield* sql`ANALYZE ${list.table}`
      const conditions = [
        ["false", 0],
        ["t.created_at > '2026-01-31T10:00:00.122Z'", 3],
        ["t.created_at > '2026-01-31T10:00:00.023Z'", 399],
        ["t.price = 9007199254739994", 3000],
        ["t.sold < 0", 8400]
      ] as const
      const ways = [false, true].map((way) => ({ steady: way, ofSome: way }))
      const asked = conditions.flatMap((condition) => ways.map((way) => [...condition, way] as const))
      for (const [condition, count, way] of asked) {
        const where = sql.literal(condition)
        for (const order of Object.values(orders)) {
          const by = sql.literal(`${order.by} ${order.direction}, t.id ${order.direction}`)
          const right = yield* sql<{ id: string }>`
            SELECT t.id FROM ${list.table} t WHERE ${where} ORDER BY ${by} LIMIT 200`
          const some: Things = { ...list, shown: { ...list.shown, ...way, where } }
          const first = yield* ask(some, { limit: 100 }, order)
          assert.deepInclude(first.meta, { total: count, has_next: count > 100 }, condition)
          assert.notProperty(first.meta, "total_is_estimate")
          const next = first.meta.next_cursor
          const second = next === null ? { ids: [] } : yield* ask(some, { limit: 100, cursor: next }, order)
          assert.deepStrictEqual(
            [...first.ids, ...second.ids],
            right.map(({ id }) => id),
            `${condition} ${order.name}`
          )
        }
      }
      assert.deepInclude((yield* ask(list, { limit: 10 })).meta, { total: 21_000, total_is_estimate: true })
    })
  )

  it.effect("of many rows reads those of several values each in order, and the rare ones as well", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const list = yield* listOfThings(21_000, { scattered: true })
      const kind = (n: number) => `00000000-0000-4000-8000-00000000000${n}`
      yield* sql`ALTER TABLE ${list.table} ADD COLUMN kind uuid`
      yield* sql`UPDATE ${list.table} SET kind = CASE
        WHEN created_at > '2026-01-31T10:00:00.120Z' THEN ${kind(1)}::uuid WHEN sold = 2 THEN ${kind(2)}::uuid ELSE ${kind(3)}::uuid END`
      yield* sql`ANALYZE ${list.table}`
      const values = [kind(1), kind(2), kind(4)]
      const where = sql`t.kind IN ${sql.in(values)}`
      const total = yield* sql<{ count: number }>`SELECT count(*)::int AS count FROM ${list.table} t WHERE ${where}`
      for (const order of Object.values(orders)) {
        const by = sql.literal(`${order.by} ${order.direction}, t.id ${order.direction}`)
        const right = yield* sql<{
          id: string
        }>`SELECT t.id FROM ${list.table} t WHERE ${where} ORDER BY ${by} LIMIT 40`
        const some = { ...list, shown: { ...list.shown, where, among: { column: "t.kind", values } } }
        const first = yield* ask(some, { limit: 20 }, order)
        assert.strictEqual(first.meta.total, total[0]?.count)
        const second = yield* ask(some, { limit: 20, cursor: first.meta.next_cursor ?? "" }, order)
        assert.deepStrictEqual(
          [...first.ids, ...second.ids],
          right.map(({ id }) => id),
          order.name
        )
      }
    })
  )

  it.effect("never estimates less than it has counted", () =>
    Effect.gen(function* () {
      const list = yield* listOfThings(10_001)
      const { meta } = yield* ask(list, { limit: 1 })
      assert.isTrue(meta.total_is_estimate)
      assert.isAtLeast(meta.total, 10_001)
    })
  )

  it.effect("is told how many there are of what knows it of a large table, and counts in the parts it is given", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const samples = catalogueRows.samples.map(({ where, oneIn }) => ({ where: where.replace("p.id", "t.id"), oneIn }))
      // That each of the rows is in a part is for who names them; these leave some out, which shows who counts in them.
      const countedIn = [sql`t.sold = 2`, sql`t.sold = 1`]
      for (const [count, partly] of [
        [21_000, 8400],
        [9000, 9000]
      ] as const) {
        const list = yield* listOfThings(count, { scattered: true, samples })
        yield* sql`ANALYZE ${list.table}`
        const told = (about: number) => ({
          ...list,
          shown: { ...list.shown, where: sql.literal(`t.price > ${about}`), about: Effect.succeed(about), countedIn }
        })
        const isLarge = count === 21_000
        const { meta } = yield* ask(told(5000), { limit: 5 })
        assert.strictEqual(meta.total, isLarge ? 5000 : partly)
        assert.strictEqual(meta.total_is_estimate, isLarge || undefined)
        // A walk keeps the total that it began with, whatever is told meanwhile.
        const next = yield* ask(told(6000), { limit: 5, cursor: meta.next_cursor ?? "" })
        assert.strictEqual(next.meta.total, meta.total)
        // Who is told of few counts, and asks no sample, which would tell of more.
        const counted = yield* ask(told(100), { limit: 5 })
        assert.strictEqual(counted.meta.total, partly)
        assert.notProperty(counted.meta, "total_is_estimate")
      }
    })
  )

  it.effect("tells by a sample how many there are where it has enough of them", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const samples = catalogueRows.samples.map(({ where, oneIn }) => ({ where: where.replace("p.id", "t.id"), oneIn }))
      const list = yield* listOfThings(21_000, { scattered: true, samples })
      yield* sql`ANALYZE ${list.table}`
      // By chance as few of them are in the sample, or as many.
      for (const [sampled, others, total] of [
        [0, 10_001, 10_001],
        [63, 9950, 10_001],
        [63, 9900, 9963],
        [64, 9900, 64 * 64],
        [170, 9830, 170 * 64]
      ] as const) {
        yield* sql`UPDATE ${list.table} SET sold = 0`
        for (const [isIn, many] of [
          ["", sampled],
          ["NOT", others]
        ] as const) {
          yield* sql`UPDATE ${list.table} SET sold = 9 WHERE id IN (
            SELECT id FROM ${list.table} t WHERE ${sql.literal(isIn)} zst_in_sample(t.id) ORDER BY id LIMIT ${many})`
        }
        // An equal condition that was told of a moment ago would be told the same.
        const where = sql.literal(`t.sold = 9 AND ${sampled + others} > 0`)
        const { meta } = yield* ask({ ...list, shown: { ...list.shown, where } }, { limit: 1 })
        assert.strictEqual(meta.total, total, `${sampled} of ${sampled + others}`)
        assert.strictEqual(meta.total_is_estimate, sampled >= 64 || total > 10_000 || undefined)
        if (sampled !== 64) continue
        // Nobody is told of fewer than are shown, and who comes to the end is told how many there are.
        for (const [page, shown, known, isEstimate] of [
          [40, 100, total, true],
          [41, 100, 4101, true],
          [99, 100, 9901, true],
          [100, 64, 9964, undefined]
        ] as const) {
          const far = yield* ask({ ...list, shown: { ...list.shown, where } }, { limit: 100, page })
          assert.lengthOf(far.ids, shown)
          assert.deepInclude(far.meta, { total: known, has_next: page < 100, total_pages: Math.ceil(known / 100) })
          assert.strictEqual(far.meta.total_is_estimate, isEstimate)
        }
        // A walk keeps the total that it began with, also of pages that become larger on the way.
        const begun = { ...list, shown: { ...list.shown, where } }
        const { meta: small } = yield* ask(begun, { limit: 1, page: 99 })
        const large = yield* ask(begun, { limit: 100, cursor: small.next_cursor ?? "" })
        assert.lengthOf(large.ids, 100)
        assert.deepInclude(large.meta, { total, total_is_estimate: true })
        yield* sql`UPDATE ${list.table} SET sold = 0 WHERE id IN (
          SELECT id FROM ${list.table} t WHERE t.sold = 9 AND NOT zst_in_sample(t.id) LIMIT 5000)`
        const past = yield* ask({ ...list, shown: { ...list.shown, where } }, { limit: 100, page: 60 })
        assert.deepInclude(past.meta, { total: 4964, has_next: false })
        assert.notProperty(past.meta, "total_is_estimate")
      }
    })
  )

  it("is steady by category and price alone", () => {
    const steady: ProductFilter = {
      status: "active",
      categoryIds: ["c"],
      minPrice: Centimes.make(100),
      brand: undefined
    }
    assert.isTrue(isSteady(steady))
    const others = [
      { brand: "b" },
      { inStock: false },
      { isNew: true },
      { sellerId: "s" },
      { words: [] },
      { status: null }
    ]
    for (const other of others) assert.isFalse(isSteady({ ...steady, ...other }), JSON.stringify(other))
  })

  it.effect("refuses pages that are too far, and a page beside a cursor", () =>
    Effect.gen(function* () {
      const list = yield* listOfThings(3)
      const field = (query: Asked) => Effect.map(Effect.flip(ask(list, query)), ({ details }) => details[0]?.field)
      const { meta } = yield* ask(list, { limit: 1 })
      assert.strictEqual(yield* field({ limit: 100, page: 101 }), "page")
      assert.strictEqual(yield* field({ limit: 1, page: 2, cursor: meta.next_cursor ?? "" }), "cursor")
      const { meta: twin } = yield* ask(yield* listOfThings(3), { limit: 1 })
      assert.strictEqual(yield* field({ limit: 1, cursor: twin.next_cursor ?? "" }), "cursor")
    })
  )

  it.effect("fails at its first page when an order is not of the type that it claims", () =>
    Effect.gen(function* () {
      const list = yield* listOfThings(3)
      for (const by of ["t.created_at", "t.rating", "t.id", "NULL::bigint"]) {
        const exit = yield* Effect.exit(ask(list, { limit: 1 }, ascending("wrong", by, bigint)))
        assert.isTrue(Exit.isFailure(exit) && Cause.hasDies(exit.cause), by)
      }
    })
  )
})
