/** Values that nobody means, and what may be done to those that somebody does. */
import { Arbitrary, Schema } from "effect"
import { oneOf, picked, whole } from "./random.ts"

export const junkTexts: ReadonlyArray<string> = [
  "",
  " ",
  "\0",
  "a\u0000b",
  "\ud800",
  "a\udc00",
  "\u009b",
  "\u202e\u2066عطر\u2069\u200b",
  "e\u0301\u00ad",
  "\u3164\u2800",
  "\u0301".repeat(90),
  "زيت\u200cزيتون\u00a05\tL\r\n",
  "\u202a0555\u00a012–34\u201156\u202c",
  "x".repeat(6000),
  "🧿".repeat(300),
  "'; DROP TABLE orders; --",
  "%",
  "%_\\",
  "١٢٣",
  "0x10",
  "1e309",
  "NaN",
  "2026-13-45",
  "0000-00-00T00:00:00Z",
  "99999999999999999999",
  "00000000-0000-0000-0000-000000000000",
  "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF",
  "../../etc/passwd",
  "http://[::1",
  "__proto__"
]

const others: ReadonlyArray<unknown> = [
  null,
  true,
  0,
  -1,
  1.5,
  0.005,
  -0,
  2 ** 31,
  2 ** 53,
  2 ** 63,
  1e30,
  -1e30,
  5e-324,
  [],
  [null],
  {},
  { $ne: null },
  Object.fromEntries([["__proto__", { role: "admin" }]]),
  { constructor: { prototype: 1 } },
  { "\u200bCou\u0301leur\u00a0": "\u202eRouge" },
  { é: "x", "e\u0301": "y" },
  { "\ud800": "\udc00" },
  { length: 1e9 },
  { toJSON: "x" },
  Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`k${i}`, i])),
  Array.from({ length: 200 }, () => ({ quantity: 1 }))
]

/** What a map may be asked to hold something under. */
const names: ReadonlyArray<string> = [
  ...["role", "id", "status", "total", "seller_id", "user_id", "created_at"],
  ...["__proto__", "constructor", "toString", "hasOwnProperty", "length", "0", "-1"],
  ...junkTexts
]

const json: Arbitrary.Arbitrary<unknown> = Arbitrary.schema(Schema.Json)
export const texts = oneOf(picked(junkTexts), picked(junkTexts), Arbitrary.schema(Schema.String))
export const junk: Arbitrary.Arbitrary<unknown> = oneOf<unknown>(picked(others), picked(junkTexts), json, texts)

/** One change of a value, at one of its parts, counted from its root. */
export type Edit = {
  readonly at: number
  readonly how: "put" | "drop" | "name" | "repeat" | "nest"
  readonly name: string
  readonly value: unknown
}

const edit: Arbitrary.Arbitrary<Edit> = Arbitrary.all({
  at: whole(0, 1000),
  how: picked(["put", "put", "put", "drop", "name", "name", "repeat", "nest"] as const),
  name: picked(names),
  value: junk
})

/** None as often as one; seldom many. */
export const edits = oneOf(
  Arbitrary.Constant<ReadonlyArray<Edit>>([]),
  Arbitrary.array(edit, { minLength: 1, maxLength: 1 }),
  Arbitrary.array(edit, { minLength: 1, maxLength: 3 })
)

type Path = ReadonlyArray<string | number>

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const pathsOf = (value: unknown, path: Path = []): ReadonlyArray<Path> => {
  if (path.length > 10) return [path]
  const inside = Array.isArray(value) ? [...value.entries()] : isRecord(value) ? Object.entries(value) : []
  return [path, ...inside.slice(0, 50).flatMap(([key, each]) => pathsOf(each, [...path, key]))]
}

const gone = Symbol("gone")

const nested = (value: unknown) => Array.from({ length: 200 }).reduce<unknown>((inner) => [inner], value)

const changed = (value: unknown, { how, name, value: given }: Edit): unknown => {
  if (how === "drop") return gone
  if (how === "nest") return nested(value)
  if (how === "repeat") return [value, value]
  if (how === "name" && isRecord(value)) return Object.fromEntries([...Object.entries(value), [name, given]])
  return how === "name" && Array.isArray(value) ? [...value, given] : given
}

const at = (value: unknown, [key, ...rest]: Path, change: (value: unknown) => unknown): unknown => {
  if (key === undefined) return change(value)
  if (Array.isArray(value)) {
    return value.map((each, i) => (i === key ? at(each, rest, change) : each)).filter((each) => each !== gone)
  }
  if (!isRecord(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, each]) => [name, name === key ? at(each, rest, change) : each] as const)
      .filter(([, each]) => each !== gone)
  )
}

export const edited = (value: unknown, edits: ReadonlyArray<Edit>) =>
  edits.reduce<unknown>((before, each) => {
    const paths = pathsOf(before)
    const after = at(before, paths[each.at % paths.length] ?? [], (part) => changed(part, each))
    return after === gone ? undefined : after
  }, value)

/** What was drawn from a schema, in the places of a good value that the bits say. */
export const mixed = (good: unknown, drawn: unknown, bits: number): unknown => {
  if (!isRecord(good) || !isRecord(drawn)) return bits % 2 === 1 || good === undefined ? drawn : good
  const names = [...new Set([...Object.keys(good), ...Object.keys(drawn)])]
  return Object.fromEntries(
    names.flatMap((name, i) => {
      const from = ((bits >> (i % 20)) & 1) === 1 ? drawn : good
      return Object.hasOwn(from, name) ? [[name, from[name]]] : []
    })
  )
}
