/** What is one word to who types it is one to the search. */
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { hasWords, wordsIn } from "../../src/services/words.ts"
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

  it.effect("gives words of which nothing is a sign of LIKE, or of nothing at all", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      for (const text of [
        "",
        " ",
        "%",
        "_",
        "\\",
        "％",
        "＿",
        "＼",
        "﹪",
        "﹨",
        "ʼ",
        "ـ",
        "ـ ـ",
        "´",
        "‘’",
        "\u0652",
        "-&-"
      ]) {
        assert.deepStrictEqual(yield* wordsIn(sql, text), [], JSON.stringify(text))
      }
      assert.deepStrictEqual(yield* wordsIn(sql, "Huile d’Argan, 5%_\\ 5"), ["huile", "d", "argan", "5"])
      assert.deepStrictEqual(yield* wordsIn(sql, "ق-بال-ل"), ["ق", "بال", "ل"])
      assert.deepStrictEqual(yield* wordsIn(sql, "ⵣⴰⵔ aʼb"), ["ⵣⴰⵔ", "a", "b"])
    })
  )

  it.effect("keeps of all of Unicode what has trigrams, and nothing else", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const [row] = yield* sql`
        SELECT count(*)::int AS letters, string_agg(letter, '') FILTER (WHERE show_trgm(letter) = '{}') AS wrong FROM (
          SELECT DISTINCT regexp_split_to_table(word, '') AS letter FROM (
            SELECT string_agg(chr(code), ' ') AS text FROM generate_series(1, 262143) AS codes (code)
            WHERE code NOT BETWEEN 55296 AND 57343 GROUP BY code / 4096) parts, unnest(zst_words(text)) AS word) letters`
      assert.isAbove(Number(row?.letters), 50_000)
      assert.isNull(row?.wrong)
    })
  )

  it.effect("one or two letters are found where a word begins, more anywhere", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const found = Effect.fnUntraced(function* (text: string) {
        const words = yield* wordsIn(sql, text)
        const [row] = yield* sql<{ found: boolean }>`
          SELECT ${hasWords(sql, "kept", words)} AS found FROM zst_search('Gel-douche 5 L, d’argan') AS kept`
        return row?.found
      })
      const right = [
        "g",
        "ge",
        "gel",
        "5",
        "l",
        "do",
        "ouche",
        "GÉL",
        "arg",
        "d'argan",
        "gel douche",
        "douche gel",
        "5-l"
      ]
      for (const text of right) assert.isTrue(yield* found(text), text)
      for (const text of ["e", "el", "9", "dou5", "gel doux", "ʼ", "ـ"]) assert.isFalse(yield* found(text), text)
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
