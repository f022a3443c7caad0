/** What is one word to who types it is one to the search. */
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { TestDatabase } from "../support/database.ts"

const alike: ReadonlyArray<ReadonlyArray<string>> = [
  ["creme", "crème", "CRÈME", "Crème".normalize("NFD"), "cre\u0300me"],
  ["oeuf et naevus", "Œuf et nævus", "ŒUF ET NÆVUS"],
  ["d'argan", "d’argan", "D‘Argan", "dʼargan", "d´argan", "d`argan"],
  ["عطر", "\u200fعطر\u200f", "\ufecb\ufec4\ufeae", "عِطْر", "عـــطر", "\u2067عطر\u2069", "ع\u200bطر"],
  ["كتاب فارسي", "کتاب فارسی", "كِتَاب فارسى"],
  ["اسامه", "أسامة", "إسامه", "آسامة", "ٱسامة", "\u0627\u0654سامة"],
  ["مويد", "مؤيد", "مُؤَيَّد"],
  ["بير", "بئر", "بیر"],
  ["5 ل", "٥ ل", "۵ ل", "５ ل"],
  ["cafe 12", "Café\u00a012", "ＣＡＦÉ 12"]
]

const different = [
  ["عطر", "عطور"],
  ["creme", "cremes"],
  ["باب", "تاب"]
]

layer(TestDatabase)("zst_fold", (it) => {
  const folded = Effect.fnUntraced(function* (text: string) {
    const sql = yield* SqlClient.SqlClient
    const [row] = yield* sql<{ text: string }>`SELECT zst_fold(${text}) AS text`
    return row?.text
  })

  it.effect("brings what is one word to its plain letters", () =>
    Effect.gen(function* () {
      for (const [plain = "", ...others] of alike) {
        for (const text of [plain, ...others]) assert.strictEqual(yield* folded(text), plain, JSON.stringify(text))
      }
    })
  )

  it.effect("keeps apart what are two", () =>
    Effect.gen(function* () {
      for (const [one = "", other = ""] of different) assert.notStrictEqual(yield* folded(one), yield* folded(other))
    })
  )

  it.effect("makes no signs of LIKE: what somebody looks for stands for itself", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const signs = ["%", "_", "\\", "％", "＿", "＼", "﹪", "﹨", "a%", "\\％_"]
      for (const sign of signs) {
        const [row] = yield* sql`
          SELECT ' abc' LIKE zst_within(${sign}) AS other, zst_search('1 ' || ${sign} || '2') LIKE zst_within(${sign}) AS own`
        assert.deepStrictEqual(row, { other: false, own: true }, sign)
      }
    })
  )

  it.effect("one or two letters are found where a word begins, more anywhere", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const found = Effect.fnUntraced(function* (word: string) {
        const [row] = yield* sql<{
          found: boolean
        }>`SELECT zst_search('Gel douche 5 L') LIKE zst_within(${word}) AS found`
        return row?.found
      })
      for (const word of ["g", "ge", "gel", "5", "l", "do", "ouche", "GÉL"]) assert.isTrue(yield* found(word), word)
      for (const word of ["e", "el", "9", "dou5"]) assert.isFalse(yield* found(word), word)
    })
  )

  it.effect("makes of an Arabic word what a typing error is forgiven by", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const [row] =
        yield* sql`SELECT word_similarity('عطور', 'زجاجة عطور شرقية') AS same, word_similarity('عتور', 'عطور') > 0.1 AS near`
      assert.deepStrictEqual(row, { same: 1, near: true })
    })
  )
})
