/** Every text that any endpoint takes in a body or a query goes through the front door, or is named here as no text. */
import { assert, describe, it } from "@effect/vitest"
import { Option, Schema, SchemaAST } from "effect"
import type { HttpApiEndpoint } from "effect/http-api"
import { categories } from "../../migrations/data/categories.ts"
import { Api } from "../../src/server/Api.ts"
import { isReservedSlug, slugOf } from "../../src/services/catalog/slug.ts"

const endpoints = Object.values(Api.groups).flatMap((group) =>
  Object.values(group.endpoints as Record<string, HttpApiEndpoint.Top>)
)

/** What is looked at by something else than people: it is decoded by its own type, or compared with what we know. */
const noTexts: ReadonlySet<string> = new Set(["query.cursor", "query.fields"])

const worst = [
  "\u202e\u2066\u200fعطر\u2069\u061c",
  "a\u200bb\u00adc\ufeff",
  "a\u00a0b\u3000c\u3164d\u2800e",
  "cafe\u0301",
  "a\0b",
  "a\u0001b",
  "a\u009bb",
  "a\ud83d",
  "\udc00",
  "\u3164",
  "\u200b\u2066",
  "   ",
  "",
  "\u0301".repeat(200_000),
  "\u200d".repeat(200_000),
  " a",
  "a\r\nb"
]

const isSeen = (value: unknown): boolean => {
  if (typeof value === "string") {
    return (
      value.isWellFormed() &&
      value === value.normalize("NFC").trim() &&
      value !== "" &&
      !/[[\p{Cc}\p{Default_Ignorable_Code_Point}\u00a0\u3000\u2800]--\n]/v.test(value)
    )
  }
  if (typeof value !== "object" || value === null) return true
  return Object.entries(value).every(([name, each]) => isSeen(name) && isSeen(each))
}

type Leaf = { readonly field: string; readonly ast: SchemaAST.AST }

/** What a schema takes apart no further. */
const leavesOf = (ast: SchemaAST.AST, field: string): ReadonlyArray<Leaf> => {
  if (SchemaAST.isUnion(ast) && ast.encoding === undefined) return ast.types.flatMap((type) => leavesOf(type, field))
  if (SchemaAST.isArrays(ast) && ast.encoding === undefined) {
    return ast.rest.flatMap((item) => leavesOf(item, `${field}[]`))
  }
  if (SchemaAST.isObjects(ast) && ast.encoding === undefined && ast.indexSignatures.length === 0) {
    return ast.propertySignatures.flatMap(({ name, type }) => leavesOf(type, `${field}.${String(name)}`))
  }
  return [{ field, ast }]
}

const inputs = worst.flatMap((text): ReadonlyArray<unknown> => [text, { [text]: "x" }, { x: text }, [text]])

const kept = ({ ast }: Leaf) => {
  const decode = Schema.decodeUnknownOption(Schema.make<Schema.Codec<unknown>>(ast))
  return inputs.flatMap((input) => {
    const value = Option.getOrUndefined(decode(input))
    return isSeen(value) ? [] : [JSON.stringify(value).slice(0, 60)]
  })
}

describe("every text", () => {
  let found = 0
  for (const { method, path, payload, query } of endpoints) {
    // Signed bytes of Clerk's, which services/auth/clerkUser.ts reads.
    if (path.startsWith("/api/v1/webhooks/")) continue
    const bodies = [...payload.entries()].flatMap(([type, { schemas }]) =>
      type.startsWith("multipart/") ? [] : schemas
    )
    const leaves = [
      ...bodies.flatMap(({ ast }) => leavesOf(ast, "body")),
      ...(query === undefined ? [] : leavesOf(query.ast, "query"))
    ].filter(({ field }) => !noTexts.has(field))
    found += leaves.length
    if (leaves.length === 0) continue
    it(`that ${method} ${path} takes is as people see it`, () => {
      for (const leaf of leaves) assert.deepStrictEqual(kept(leaf), [], leaf.field)
    })
  }
  it("was looked at", () => assert.isAbove(found, 150))
})

describe("a slug", () => {
  const slugs: Readonly<Record<string, string>> = {
    "Huile d’olive — 5 L": "huile-d-olive-5-l",
    "Œuf à la Straße": "oeuf-a-la-strasse",
    "ﬁgues sèches": "figues-seches",
    "زَيْتُ الزَّيتون": "زيت-الزيتون",
    "عطــــر أحمر": "عطر-أحمر",
    ﻋﻄﺮ: "عطر",
    "عطر ١٠٠ مل": "عطر-100-مل",
    "عطر 100": "عطر-100",
    "۱۲": "12",
    "!!!": "produit"
  }
  for (const [name, slug] of Object.entries(slugs))
    it(`of ${name} is ${slug}`, () => assert.strictEqual(slugOf(name), slug))

  it("of the same name with and without marks is the same", () =>
    assert.strictEqual(slugOf("ke\u0301fir"), slugOf("k\u00e9fir")))

  /** Words that stand where a product, a shop or a category has its slug. */
  const beside = endpoints.flatMap(({ path }) => {
    const segments = path.split("/")
    return ["products", "sellers", "categories"].flatMap((kind) => {
      const word = segments[4]
      return segments[3] === kind && word !== undefined && !word.startsWith(":") ? [word] : []
    })
  })

  it("is no word that is a route", () => {
    assert.isNotEmpty(beside)
    for (const word of beside) assert.isTrue(isReservedSlug(word), word)
    for (const { slug, children = [] } of categories) {
      for (const each of [slug, ...children.map((child) => child.slug)]) assert.isFalse(isReservedSlug(each), each)
    }
  })

  it("is nobody's id", () => assert.isTrue(isReservedSlug(slugOf("0199E0A4-0002-7000-8000-000000000020"))))
})
