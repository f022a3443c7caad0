/** What people look for: which words of theirs there are to look for, and where each is found. */
import { Effect } from "effect"
import type { SqlClient, Statement } from "effect/sql"

type Sql = SqlClient.SqlClient

/** More words than that narrow nothing. */
export const maxWords = 8

/** So many words at most are taken for what was meant by one. */
export const mostMeant = 4

/**
 * The words of a text as texts are kept (`zst_search`). What has none, as signs, marks and letters that PostgreSQL knows
 * nothing of, names nothing that could be found.
 */
export const wordsIn = Effect.fnUntraced(function* (sql: Sql, text: string) {
  const [row] = yield* sql<{ readonly words: ReadonlyArray<string> }>`SELECT zst_words(${text}) AS words`.unprepared
  return [...new Set(row?.words)].slice(0, maxWords)
}, Effect.orDie)

/** Whether they are words as texts are kept: an index finds what is one. */
export const areWords = (sql: Sql, words: ReadonlyArray<string>) =>
  sql<{ readonly are: boolean }>`
    SELECT coalesce(bool_and(zst_words(word) = ARRAY[word]), true) AS are FROM unnest(${words}::text[]) AS w (word)`.unprepared.pipe(
    Effect.map(([row]) => row?.are === true),
    Effect.orDie
  )

/** One or two letters are found where a word begins, which trigrams know. */
const isShort = (word: string) => [...word].length < 3

/** Anywhere in a kept text. Words have no sign of a pattern. */
const within = (word: string) => (isShort(word) ? `% ${word}%` : `%${word}%`)

/** The kept text has this word. */
export const hasWord = (sql: Sql, column: string, word: string) => sql`${sql.literal(column)} LIKE ${within(word)}`

/** Of what a pattern has of others the index knows nothing, and every text would be read. */
const inPatterns = /^[\0-\u07ff]*$/

/** The kept text has this word, or as a whole one of the others. One pattern, which the index answers at one go. */
export const hasOneOf = (sql: Sql, column: string, word: string, others: ReadonlyArray<string>) =>
  [word, ...others].every((one) => inPatterns.test(one))
    ? matchesOneOf(sql, column, word, others)
    : isLikeOneOf(sql, column, word, others)

/** The same, in less time for each text that is read. */
export const isLikeOneOf = (sql: Sql, column: string, word: string, others: ReadonlyArray<string>) =>
  sql.or([hasWord(sql, column, word), ...others.map((other) => sql`${sql.literal(column)} LIKE ${`% ${other} %`}`)])

const matchesOneOf = (sql: Sql, column: string, word: string, others: ReadonlyArray<string>) =>
  sql`${sql.literal(column)} ~ ${[within(word).replaceAll("%", ""), ...others.map((other) => ` ${other} `)].join("|")}`

/** The kept text has all of these words; without any, nothing is found. */
export const hasWords = (sql: Sql, column: string, words: ReadonlyArray<string>): Statement.Fragment =>
  words.length === 0 ? sql`false` : sql.and(words.map((word) => hasWord(sql, column, word)))
