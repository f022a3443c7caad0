/** Cursors as a client could make them up. */
import { Arbitrary } from "effect"
import { junk } from "./junk.ts"
import { oneOf, picked, whole } from "./random.ts"

export const cursorText = (json: unknown) => Buffer.from(JSON.stringify(json)).toString("base64url")

export type CursorParts = {
  readonly list: string
  readonly order: string
  readonly value: unknown
  readonly id: unknown
  readonly page: unknown
  readonly total: unknown
  readonly estimated: unknown
}

export const cursorParts = (text: string): CursorParts => JSON.parse(Buffer.from(text, "base64url").toString())

/** What is a value of no order: of another type, or beyond what every type takes. */
export const noValues: ReadonlyArray<unknown> = [
  null,
  true,
  [],
  {},
  [0],
  { value: 0 },
  0.5,
  1e300,
  -1e300,
  2 ** 53,
  -(2 ** 53),
  2 ** 63,
  "",
  " ",
  "abc",
  "a\u0000",
  "\u0000",
  "\ud800",
  "NaN",
  "Infinity",
  "-Infinity",
  "1e3",
  "0x1",
  "١",
  "1_0",
  "99999999999999",
  "1.00000000000000000000000001",
  "9".repeat(200),
  "2026-01-01T00:00:00Z",
  "now",
  "'; DROP TABLE products; --"
]

const texts: ReadonlyArray<unknown> = [
  null,
  1,
  true,
  [],
  {},
  "",
  "\u0000",
  "\ud800",
  "x",
  "x".repeat(200),
  "toString",
  "__proto__"
]

/** Cursors that are none, each made of a good one by spoiling one part of it; with what was done. */
export const spoilt = (good: CursorParts): ReadonlyArray<readonly [string, string]> => {
  const parts: Record<keyof CursorParts, ReadonlyArray<unknown>> = {
    list: texts,
    order: texts,
    value: noValues,
    id: [null, 1, "", "x", "\u0000", good.order, `${good.id}0`, `{${good.id}}`, `${good.id}\u0000`, [good.id]],
    page: [null, "2", 0, 1, -1, 1.5, 1e300, 100_000_001, 2 ** 53, [2]],
    total: [null, "1", 0, -1, 1.5, 1e300, 2 ** 53, [1]],
    estimated: [null, 0, 1, "true", []]
  }
  const changed = Object.entries(parts).flatMap(([part, values]) => [
    ...values.map((value) => ({ ...good, [part]: value })),
    Object.fromEntries(Object.entries(good).filter(([name]) => name !== part))
  ])
  const whole = [null, 0, "", [], {}, Object.values(good), [good], JSON.stringify(good)]
  const text = cursorText(good)
  const raw = [
    "x",
    "nonsense",
    "W10",
    "%00",
    text.slice(0, -4),
    text.slice(4),
    `${text}A`,
    "=".repeat(8),
    "A".repeat(500)
  ]
  return [
    ...[...changed, ...whole].map((json) => [JSON.stringify(json), cursorText(json)] as const),
    ...raw.map((cursor) => [cursor, cursor] as const),
    ["bytes that are no text", Buffer.from([0x22, 0xff, 0xfe, 0x22]).toString("base64url")]
  ]
}

/** As far as every type of an order reaches. */
const extremes = ["-9.99", "9.999", "0.000", -(2 ** 53) + 1, 2 ** 53 - 1, -210_866_803_200_000, 8.64e15, 0]

const partNames = ["list", "order", "value", "id", "page", "total", "estimated"] as const

const swap = Arbitrary.all({
  name: picked(partNames),
  by: oneOf<{ readonly part?: unknown }>(
    Arbitrary.Constant({}),
    Arbitrary.Constant({}),
    Arbitrary.map(oneOf(picked(extremes), picked(noValues), junk), (part) => ({ part }))
  )
})

/** Well-formed and false: one of these with parts of another or of nothing, or with bytes of its text changed. */
export const falseCursor = (goods: ReadonlyArray<CursorParts>): Arbitrary.Arbitrary<string> =>
  Arbitrary.map(
    Arbitrary.all({
      own: picked(goods),
      other: picked(goods),
      swaps: Arbitrary.array(swap, { maxLength: 3 }),
      bytes: oneOf<ReadonlyArray<readonly [number, number]>>(
        Arbitrary.Constant([]),
        Arbitrary.array(Arbitrary.all([whole(0, 400), whole(0, 255)]), { minLength: 1, maxLength: 2 })
      )
    }),
    ({ own, other, swaps, bytes }) => {
      const parts = swaps.map(({ name, by }) => [name, "part" in by ? by.part : other[name]])
      const text = Buffer.from(JSON.stringify({ ...own, ...Object.fromEntries(parts) }))
      for (const [at, byte] of bytes) text[at % text.length] = byte
      return text.toString("base64url")
    }
  )
