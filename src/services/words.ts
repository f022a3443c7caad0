/** What people look for: which words of theirs there are to look for, and where each is found. */
import { Effect } from "effect"
import type { SqlClient, Statement } from "effect/sql"

type Sql = SqlClient.SqlClient

/** More words than that narrow nothing. */
const maxWords = 8

/**
 * The words of a text as texts are kept (`zst_search`). What has none, as signs, marks and letters that PostgreSQL knows
 * nothing of, names nothing that could be found.
 */
export const wordsIn = Effect.fnUntraced(function* (sql: Sql, text: string) {
  const [row] = yield* sql<{ readonly words: ReadonlyArray<string> }>`SELECT zst_words(${text}) AS words`.unprepared
  return [...new Set(row?.words)].slice(0, maxWords)
}, Effect.orDie)

/** One or two letters are found where a word begins, which trigrams know. */
const isShort = (word: string) => [...word].length < 3

/** Anywhere in a kept text. Words have no sign of a pattern. */
const within = (word: string) => (isShort(word) ? `% ${word}%` : `%${word}%`)

/** How many products on sale have all of these words at most, by how often a job has counted each word. */
export const mostWith = (sql: Sql, words: ReadonlyArray<string>) =>
  sql<{ readonly most: number }>`
    SELECT coalesce(min(one.products), 0)::int AS most
    FROM unnest(${words.map((word) => (isShort(word) ? `${word}%` : `%${word}%`))}::text[]) AS asked (pattern), LATERAL (
      SELECT coalesce(sum(k.products), 0) AS products FROM product_words k WHERE k.word LIKE asked.pattern) one
  `.unprepared.pipe(
    Effect.map(([row]) => row?.most ?? 0),
    Effect.orDie
  )

/** The kept text has this word. */
export const hasWord = (sql: Sql, column: string, word: string) => sql`${sql.literal(column)} LIKE ${within(word)}`

const asWhole = (word: string) => ` ${word} `

/** The kept text has this word, or as a whole one of the others. One pattern, which the index answers at one go. */
export const hasOneOf = (sql: Sql, column: string, word: string, others: ReadonlyArray<string>) =>
  sql`${sql.literal(column)} ~ ${[within(word).replaceAll("%", ""), ...others.map(asWhole)].join("|")}`

/** The same for who reads one text after the other. */
export const readsOneOf = (sql: Sql, column: string, word: string, others: ReadonlyArray<string>) =>
  sql`${sql.literal(column)} LIKE ANY (${[within(word), ...others.map((other) => `%${asWhole(other)}%`)]}::text[])`

/** The kept text has all of these words; without any, nothing is found. */
export const hasWords = (sql: Sql, column: string, words: ReadonlyArray<string>): Statement.Fragment =>
  words.length === 0 ? sql`false` : sql.and(words.map((word) => hasWord(sql, column, word)))
