import { assert, describe, it, layer } from "@effect/vitest"
import { Arbitrary, Effect, Result, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { isMeaning, readCursor, writeCursor } from "../../src/services/cursor.ts"
import { longestCursor } from "../../src/services/model.ts"
import {
  ascending,
  bigint,
  descending,
  newestFirst,
  numeric,
  type Order,
  type SortType,
  timestamptz
} from "../../src/services/rowOrder.ts"
import { cursorText, noValues, spoilt } from "../support/cursors.ts"
import { TestDatabase } from "../support/database.ts"
import { drawn } from "../support/random.ts"

const id = "0199d0f2-7b1c-7c3e-8a55-0123456789ab"
const types: ReadonlyArray<SortType> = [bigint, numeric(3, 2), numeric(4, 3), timestamptz]

const extremes: Record<string, ReadonlyArray<string | number>> = {
  bigint: [-(2 ** 53) + 1, 2 ** 53 - 1, 0, -0],
  "numeric(3, 2)": ["-9.99", "9.99", "0", "4.5"],
  "numeric(4, 3)": ["0.000", "1", "-9.999", "9.999"],
  "timestamptz(3)": [-210_866_803_200_000, 8.64e15, 0, 1_767_225_600_123]
}

const orderOf = (type: SortType) => descending("best", "t.value", type)

const decode = (type: SortType, value: unknown) => Effect.result(Schema.decodeUnknownEffect(type.value)(value))

const refusal = Effect.fnUntraced(function* (text: string, list: string, orders: ReadonlyArray<Order>) {
  const { details } = yield* Effect.flip(readCursor(text, list, orders))
  assert.deepStrictEqual(
    details.map(({ field }) => field),
    ["cursor"]
  )
  return details[0]?.message
})

const place = { id, page: 7, total: { count: 12_345, estimated: true } }

describe("a cursor", () => {
  for (const type of types) {
    it.effect.prop(
      `comes back as it was written, by ${type.name}`,
      [Schema.toEncoded(type.value)],
      ([encoded]) =>
        Effect.gen(function* () {
          // JSON knows no -0.
          const decoded = yield* decode(type, JSON.parse(JSON.stringify(encoded)))
          if (Result.isFailure(decoded)) return
          const order = orderOf(type)
          const text = yield* writeCursor("things", { ...place, order, value: decoded.success })
          assert.isAtMost(text.length, 512)
          assert.deepStrictEqual(yield* readCursor(text, "things", [newestFirst("t"), order]), {
            ...place,
            order,
            value: decoded.success
          })
        }),
      drawn(100)
    )
  }

  it.effect.prop(
    "that somebody made up is refused by name, whatever it is",
    [Schema.String, Schema.Json],
    ([text, json]) =>
      Effect.gen(function* () {
        for (const type of types) {
          yield* refusal(text, "things", [orderOf(type)])
          yield* refusal(cursorText(json), "things", [orderOf(type)])
        }
      }),
    drawn(100)
  )

  it.effect("that is spoilt in one part is refused by name", () =>
    Effect.gen(function* () {
      for (const type of types) {
        for (const value of extremes[type.name] ?? []) {
          const good = { list: "things", order: "best", value, id, page: 2, total: 1, estimated: false }
          yield* readCursor(cursorText(good), "things", [orderOf(type)])
          for (const [what, text] of spoilt(good)) {
            yield* Effect.catchCause(refusal(text, "things", [orderOf(type)]), () => Effect.die(`Passed: ${what}`))
          }
        }
      }
    })
  )

  it.effect("of another list or order is refused, and told so", () =>
    Effect.gen(function* () {
      const text = yield* writeCursor("things", { ...place, order: ascending("price", "t.price", bigint), value: 5 })
      const price = ascending("price", "t.price", bigint)
      assert.include(yield* refusal(text, "others", [price]), "another list")
      assert.include(yield* refusal(text, "things", [descending("-price", "t.price", bigint)]), "another sort order")
    })
  )

  it.effect("comes back with whatever it may hold of what was meant, and is no longer than what is read", () =>
    Effect.gen(function* () {
      const order = newestFirst("t")
      const value = yield* Schema.decodeEffect(Schema.DateFromMillis)(0)
      const longest: Record<string, number> = {}
      for (const letter of ["a", "ع", "ⵣ", "𐓘", "ﷲ"]) {
        for (let length = 1; length <= 65; length++) {
          const word = (i: number) => `${i}${letter.repeat(length - 1)}`
          const meaning = Array.from({ length: 8 }, (_, i) => [0, 1, 2, 3, 4].map((j) => word(i * 8 + j)))
          if (!isMeaning(meaning)) continue
          const text = yield* writeCursor("things", { ...place, order, value, meaning })
          assert.isAtMost(text.length, longestCursor)
          assert.deepStrictEqual((yield* readCursor(text, "things", [order])).meaning, meaning)
          longest[letter] = length
        }
      }
      assert.isAbove(longest.a ?? 0, 15)
      for (const meaning of [
        [[]],
        [["a-b"]],
        [["a"], ["a"]],
        [["a", "b", "c", "d", "e", "f"]],
        [["x".repeat(65)]],
        [[" "]]
      ]) {
        assert.isFalse(isMeaning(meaning), JSON.stringify(meaning))
        const good = { list: "things", order: order.name, value: 0, id, page: 2, total: 1, estimated: false }
        yield* refusal(cursorText({ ...good, meaning }), "things", [order])
      }
    })
  )

  it.effect("never counts past its last page", () =>
    Effect.gen(function* () {
      const order = newestFirst("t")
      const [page, value] = [100_000_001, yield* Schema.decodeEffect(Schema.DateFromMillis)(0)]
      const text = yield* writeCursor("things", { ...place, order, value, page })
      assert.strictEqual((yield* readCursor(text, "things", [order])).page, 100_000_000)
    })
  )

  it.effect("is not written of a value that is not of its order's type", () =>
    Effect.gen(function* () {
      for (const type of types) {
        for (const value of [null, undefined, {}, "x", Number.NaN, 0.5]) {
          const exit = yield* Effect.exit(writeCursor("things", { ...place, order: orderOf(type), value }))
          assert.strictEqual(exit._tag, "Failure", `${type.name} ${value}`)
        }
      }
    })
  )

  it("has the schema that its order's type has", () => {
    // @ts-expect-error a bigint is a number for the driver
    const wrong: SortType = { name: "bigint", value: Schema.String }
    // @ts-expect-error a time is a date for the driver
    const late: SortType = { name: "timestamptz(3)", value: Schema.Int }
    // @ts-expect-error no type of ours
    descending("name", "t.name", { name: "text", value: Schema.String })
    assert.isDefined([wrong, late])
  })
})

layer(TestDatabase)("what a cursor's value decodes to", (it) => {
  const taken = Effect.fnUntraced(function* (type: SortType, value: unknown) {
    const sql = yield* SqlClient.SqlClient
    const decoded = yield* decode(type, value)
    if (Result.isFailure(decoded)) return false
    const [row] = yield* sql<{ value: unknown; same: boolean }>`
      SELECT v AS value, v = ${decoded.success}::${sql.literal(type.name)} AS same
      FROM (SELECT ${decoded.success}::${sql.literal(type.name)} AS v) t`
    assert.isTrue(row?.same)
    const again = yield* Schema.encodeUnknownEffect(type.value)(row?.value)
    assert.strictEqual(Number(again), Number(value), `${type.name} ${value}`)
    return true
  })

  it.effect("is taken by PostgreSQL up to its extremes, and read back the same", () =>
    Effect.gen(function* () {
      for (const type of types) {
        for (const value of extremes[type.name] ?? []) assert.isTrue(yield* taken(type, value), `${type.name} ${value}`)
        for (const value of noValues) assert.isFalse(yield* taken(type, value), `${type.name} ${JSON.stringify(value)}`)
      }
    })
  )

  const numbers = Arbitrary.schema(Schema.Union([Schema.Finite, Schema.Int]))
  const decimals = Arbitrary.map(numbers, (n) => n.toFixed(2))
  it.effect.prop(
    "is taken by PostgreSQL whatever it is",
    [numbers, decimals, Schema.String],
    (values) => Effect.forEach(types, (type) => Effect.forEach(values, (value) => taken(type, value))),
    drawn(100)
  )
})
