/** What every list of the API keeps: each row once, a meta that is right, and cursors that nobody can break it with. */
import { assert, layer } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { PageMeta } from "../../src/services/model.ts"
import { cursorParts, cursorText, falseCursor, spoilt } from "../support/cursors.ts"
import { always } from "../support/random.ts"
import { TestServer } from "../support/server.ts"
import { type Listed, lists } from "./lists.rows.ts"

const decodeMeta = Schema.decodeUnknownEffect(PageMeta, { onExcessProperty: "error" })

const ask = Effect.fnUntraced(function* ({ path, by }: Listed, query: string) {
  const server = yield* TestServer
  return yield* server.get(`${path}&${query}`, by)
})

const page = Effect.fnUntraced(function* (list: Listed, query: string) {
  const { status, json, text } = yield* ask(list, query)
  assert.strictEqual(status, 200, `${list.path}&${query} ${text}`)
  const ids: ReadonlyArray<string> = json.data.map(({ id }: any) => id)
  const { query: _, ...meta } = json.meta
  return { ids, meta: yield* decodeMeta(meta) }
})

const atCursor = (query: string, cursor: string | null) => `${query}&cursor=${encodeURIComponent(cursor ?? "")}`

const refused = Effect.fnUntraced(function* (list: Listed, query: string, cursor: string, what: string) {
  const { status, json, text } = yield* ask(list, atCursor(query, cursor))
  assert.strictEqual(status, 422, `${list.path}&${query} ${what} → ${status} ${text}`)
  assert.deepStrictEqual(
    json.error.details.map(({ field }: any) => field),
    ["cursor"],
    what
  )
})

/** The first cursor of a list that has rows, in pieces. */
const goodCursor = Effect.fnUntraced(function* (list: Listed, order: string, query: string) {
  const { meta } = yield* page(list, `${query}&limit=1`)
  const parts = cursorParts(meta.next_cursor ?? "")
  assert.strictEqual(parts.order, order, query)
  return parts
})

const extremes: Record<string, ReadonlyArray<unknown>> = {
  price: [-(2 ** 53) + 1, 2 ** 53 - 1],
  popular: [-(2 ** 53) + 1, 2 ** 53 - 1],
  rating: ["-9.99", "9.99"],
  relevance: ["0.000", "9.999"],
  created_at: [-210_866_803_200_000, 8.64e15]
}

layer(TestServer.layer)("lists", (it) => {
  it.effect("are those that are proved here", () =>
    Effect.gen(function* () {
      const { json } = yield* (yield* TestServer).get("/api/v1/openapi.json")
      const withCursor = Object.entries<any>(json.paths).flatMap(([path, operations]) =>
        Object.entries<any>(operations)
          .filter(([, { parameters }]) => parameters?.some(({ name }: any) => name === "cursor"))
          .map(([method]) => `${method.toUpperCase()} ${path}`)
      )
      assert.deepStrictEqual(withCursor.sort(), Object.keys(lists).sort())
    })
  )

  it.effect("have names of their own, and refuse one another's cursors", () =>
    Effect.gen(function* () {
      const all = yield* Effect.forEach(Object.values(lists), ({ make }) => make)
      for (const list of all) yield* list.add(3)
      const cursors = yield* Effect.forEach(all, (list) => goodCursor(list, "-created_at", ""))
      assert.strictEqual(new Set(cursors.map(({ list }) => list)).size, all.length)
      for (const [i, list] of all.entries()) {
        for (const [j, cursor] of cursors.entries()) {
          if (i !== j) yield* refused(list, "", cursorText(cursor), cursor.list)
        }
      }
    })
  )
})

const orderedBy: Record<string, string> = { popular: "-sold_count", rating: "-rating" }

for (const [route, { make, orders, fallback }] of Object.entries(lists)) {
  layer(TestServer.layer)(route, (it) => {
    it.effect("shows each row once, in every order, by number and by cursor, while others come and go", () =>
      Effect.gen(function* () {
        const list = yield* make
        const made = new Set(yield* list.add(17))
        for (const sort of Object.values(orders)) {
          const whole = yield* page(list, `${sort}&limit=100`)
          assert.deepStrictEqual(new Set(whole.ids), made, sort)
          const byNumber = yield* Effect.forEach([1, 2, 3, 4], (n) => page(list, `${sort}&limit=5&page=${n}`))
          assert.deepStrictEqual(
            byNumber.flatMap(({ ids }) => ids),
            whole.ids,
            sort
          )
          const walked: Array<string> = []
          let [query, passing]: [string, ReadonlyArray<string>] = [`${sort}&limit=5`, []]
          for (let n = 1; ; n++) {
            const { ids, meta } = yield* page(list, query)
            walked.push(...ids)
            if (passing.length > 0) yield* list.remove(passing)
            assert.deepInclude(meta, { page: n, total: 17, total_pages: 4, has_prev: n > 1 }, sort)
            assert.strictEqual(meta.has_next, meta.next_cursor !== null)
            if (meta.next_cursor === null) break
            query = atCursor(`${sort}&limit=5`, meta.next_cursor)
            passing = yield* list.add(4)
          }
          assert.strictEqual(new Set(walked).size, walked.length, sort)
          assert.deepStrictEqual(
            walked.filter((id) => made.has(id)),
            whole.ids,
            sort
          )
        }
      })
    )

    it.effect("comes as it is asked for: the newest, the cheapest or the dearest first", () =>
      Effect.gen(function* () {
        const list = yield* make
        yield* list.add(6)
        for (const [order, sort] of Object.entries(orders)) {
          const [, down, field = ""] = /^(-?)(.+)$/.exec(orderedBy[order] ?? order) ?? []
          const { json } = yield* ask(list, `${sort}&limit=100`)
          const shown: ReadonlyArray<any> = json.data
          const values = shown.map((row) => (field in row ? (row[field] ?? 0) : row.created_at))
          if (!["created_at", "price", "sold_count", "rating"].includes(field)) continue
          const sorted = values.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0))
          assert.isAbove(new Set(values).size, field === "price" ? 0 : 1, sort)
          assert.deepStrictEqual(values, down === "-" ? sorted.toReversed() : sorted, `${route} ${sort}`)
        }
      })
    )

    it.effect("says where it ends: empty, on the last page and past it", () =>
      Effect.gen(function* () {
        const list = yield* make
        const nothing = { total: 0, total_pages: 0, has_next: false, has_prev: false, next_cursor: null }
        assert.deepStrictEqual((yield* page(list, "")).meta, { page: 1, limit: 20, ...nothing })
        assert.deepStrictEqual((yield* page(list, "page=3")).meta, { page: 3, limit: 20, ...nothing })
        yield* list.add(6)
        const end = { limit: 3, total: 6, total_pages: 2, has_next: false, has_prev: true, next_cursor: null }
        assert.deepStrictEqual((yield* page(list, "limit=3&page=2")).meta, { page: 2, ...end })
        assert.deepStrictEqual((yield* page(list, "limit=3&page=9")).meta, { page: 9, ...end })
        const { meta } = yield* page(list, "limit=3")
        assert.deepStrictEqual((yield* page(list, atCursor("limit=3", meta.next_cursor))).meta, { page: 2, ...end })
      })
    )

    it.effect("counts once a walk: its cursor tells the total", () =>
      Effect.gen(function* () {
        const list = yield* make
        yield* list.add(6)
        for (const [name, sort] of Object.entries(orders)) {
          const good = { ...(yield* goodCursor(list, name, sort)), total: 54_321, estimated: true }
          const { meta } = yield* page(list, atCursor(`${sort}&limit=2`, cursorText(good)))
          assert.deepInclude(meta, { total: 54_321, total_is_estimate: true, total_pages: 27_161 }, sort)
          assert.deepInclude(cursorParts(meta.next_cursor ?? ""), { total: 54_321, estimated: true, page: 3 }, sort)
        }
      })
    )

    it.effect("refuses every cursor that is none of its own, by name", () =>
      Effect.gen(function* () {
        const list = yield* make
        yield* list.add(3)
        for (const [name, sort] of Object.entries(orders)) {
          const good = yield* goodCursor(list, name, sort)
          for (const [what, cursor] of spoilt(good)) yield* refused(list, sort, cursor, what)
          for (const order of Object.keys(extremes).flatMap((name) => [name, `-${name}`])) {
            if (order !== name && order !== fallback) yield* refused(list, sort, cursorText({ ...good, order }), order)
          }
          yield* refused(list, `${sort}&page=2`, cursorText(good), "beside a page")
        }
      })
    )

    it.effect("goes on from wherever a cursor says, as far as its type reaches", () =>
      Effect.gen(function* () {
        const list = yield* make
        yield* list.add(3)
        for (const [name, sort] of Object.entries(orders)) {
          const good = yield* goodCursor(list, name, sort)
          const numbers = { page: 100_000_000, total: 2 ** 53 - 1 }
          const ids = ["00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"]
          const found: Array<number> = []
          for (const value of extremes[name.replace("-", "")] ?? []) {
            for (const id of ids) {
              const at = cursorText({ ...good, ...numbers, value, id })
              const { ids: shown, meta } = yield* page(list, atCursor(`${sort}&limit=2`, at))
              found.push(shown.length)
              assert.deepInclude(meta, numbers, sort)
            }
          }
          assert.deepStrictEqual(found.toSorted(), [0, 0, 2, 2], sort)
        }
      })
    )

    it.effect("answers a false cursor with a page or a refusal", () =>
      Effect.gen(function* () {
        const list = yield* make
        yield* list.add(3)
        for (const [name, sort] of Object.entries(orders)) {
          const good = yield* goodCursor(list, name, sort)
          const elsewhere = { ...good, list: "elsewhere", order: "-price", value: "2026-01-31T10:00:00.123Z" }
          yield* always(
            falseCursor([good, good, elsewhere]),
            Effect.fnUntraced(function* (cursor) {
              const { status, json, text } = yield* ask(list, atCursor(sort, cursor))
              if (status === 200) return
              assert.strictEqual(status, 422, `${cursor} ${text}`)
              assert.strictEqual(json.error.details[0].field, "cursor", text)
            }),
            { runs: 80 }
          )
        }
      })
    )
  })
}
