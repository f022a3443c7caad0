/** The statements of lists: a page of rows in some order, and how many there are. */
import type { Effect } from "effect"
import type { SqlClient, SqlError, Statement } from "effect/sql"
import { ofList, ofSteadyList } from "./connections.ts"
import type { Meaning, Place } from "./cursor.ts"
import { countTo } from "./estimates.ts"
import type { Json } from "./json.ts"
import type { Order } from "./rowOrder.ts"

type Sql = SqlClient.SqlClient
type Fragment = Statement.Fragment

/** The rows that a list is of. */
export type Rows = {
  /** Its name in cursors, which no other list has. */
  readonly name: string
  /** The table and its alias, `orders o`. */
  readonly from: string
  /** That alias. Its `id`, a uuid, settles ties. */
  readonly alias: string
  /** What the JSON of a row takes from elsewhere, joined to the rows of the page alone; where they are scattered, by LEFT JOIN alone. */
  readonly joins?: string
  /** Some filters leave most rows and some nearly none: no plan is good for both, and each page is planned anew. */
  readonly uneven?: true
  /** What a filter leaves may be far between in any order: how many are left is asked first, and a few are not walked for. */
  readonly scattered?: true
  /** Small ones first: of a large table they tell how many pass, where enough of theirs do. */
  readonly samples?: ReadonlyArray<Sample>
}

/** A condition that one row in so many meets by chance, with an index of those. */
export type Sample = { readonly where: string; readonly oneIn: number }

/** Which of its rows are asked for, and how each is written. */
export type Shown<A> = {
  readonly where: Fragment
  readonly json: Json<A>
  readonly found?: Found | undefined
  readonly among?: Among | undefined
  readonly parts?: Parts | undefined
  /** Parts that hold all of the rows together, each once, and of which an index has each without others between. */
  readonly countedIn?: Parts | undefined
  readonly meaning?: Meaning | undefined
  /** How many there are about of a large table, where that is known sooner than its samples tell. */
  readonly about?: Effect.Effect<number, SqlError.SqlError> | undefined
  /** An index of every order has those of one value together, and the rows are of few such values. */
  readonly ofSome?: boolean
  /**
   * Indexes have the rows in every order whatever the values asked for: to look for a better way for some of these takes
   * longer than most pages do.
   */
  readonly steady?: boolean
}

/** The rows have one of these values, which are uuids, and for each alone an index has them in order: it is read from each. */
export type Among = { readonly column: string; readonly values: ReadonlyArray<string> }

/** Each of the rows is in one of these parts, and for each an index has them in order: it is read from each. */
export type Parts = ReadonlyArray<Fragment>

/**
 * Of a search: the rows are first found, by an index of words, so many at most. Page and total are made of those, so that
 * nobody walks through an order to look for what stands nowhere.
 */
export type Found = {
  readonly most: number
  /** An index would gather all that have the words before the first is read: of many some are sooner met. */
  readonly common?: Common | undefined
  /** Those with the least ids of so many: whatever is written meanwhile, a walk of no more goes on among the same. */
  readonly leastOf?: number
}

export type Common = {
  /** The rows among which those with the words are: an index has them in every order, and by id. */
  readonly among: Fragment
  /** That one of these has the words and all else, as is sooner said of each where no index finds them. */
  readonly each: Fragment
  /**
   * How evenly they stand among those in the order that is asked for: 1 by chance, less where what is alike stands together,
   * 0 where others come first.
   */
  readonly spread: number
}

/** Which page is asked for: the order of the rows, and those to pass over, by count or by key. */
export type Window<Name extends string = string> = {
  readonly order: Order<Name>
  readonly page: number
  readonly limit: number
  readonly offset: number
  readonly after: Place<Name> | undefined
}

type Row = {
  readonly id: string | null
  readonly sort_value: unknown
  /** How many there are, counted no further than was asked for; null when it was not, or when a sample told it. */
  readonly total: number | null
  /** How many there are about, as a sample tells; null when none was asked. */
  readonly estimate: number | null
}

/** So many at most of the rows. */
const rowsOf = (
  sql: Sql,
  { from }: Rows,
  {
    where,
    most,
    columns = sql``,
    parts = [sql`true`]
  }: {
    readonly where: Fragment
    readonly most: number
    readonly columns?: Fragment
    readonly parts?: Parts | undefined
  }
) => {
  const of = parts.map((part) => sql`SELECT ${columns} FROM ${sql.literal(from)} WHERE (${where}) AND ${part}`)
  return sql`${sql.join(" UNION ALL ", false)(of)} LIMIT ${most}`
}

/** How many there are, counted no further than that. */
export const counting = (sql: Sql, rows: Rows, where: Fragment, most = countTo, parts?: Parts) =>
  sql<{ readonly count: number }>`SELECT count(*)::int AS count FROM (${rowsOf(sql, rows, { where, most, parts })}) c`

/** So many of a sample tell how many there are, an eighth more or less two times in three. */
const telling = 64

/** From how many on samples tell that. */
export const toldFrom = ({ samples }: Rows) => telling * (samples?.at(-1)?.oneIn ?? Number.POSITIVE_INFINITY)

/** How many there are about, as the first sample tells of which enough do, or the last; null without any. */
const estimated = (sql: Sql, rows: Rows, where: Fragment, [sample, ...finer] = rows.samples ?? []): Fragment => {
  if (sample === undefined) return sql`NULL::int`
  const counted = counting(sql, rows, sql`(${where}) AND ${sql.literal(sample.where)}`)
  const here = sql`count * ${sql.literal(String(sample.oneIn))}`
  return finer.length === 0
    ? sql`(SELECT ${here} FROM (${counted}) sampled)`
    : sql`(SELECT CASE WHEN count >= ${sql.literal(String(telling))} THEN ${here}
        ELSE ${estimated(sql, rows, where, finer)} END FROM (${counted}) sampled)`
}

/** How many there are about, of a search as well: each sample has an index of its words. */
export const sampling = (sql: Sql, rows: Rows, where: Fragment) => sql`SELECT ${estimated(sql, rows, where)} AS count`

/** `estimate` and `count`, the second only where the first does not tell. */
export const census = (sql: Sql, rows: Rows, where: Fragment, most: number, parts?: Parts) => {
  const told = rows.samples?.length ? sql`estimate >= ${sql.literal(String(toldFrom(rows)))}` : sql`false`
  return sql`
    SELECT estimate, CASE WHEN ${told} THEN NULL ELSE (${counting(sql, rows, where, most, parts)}) END AS count
    FROM (SELECT ${estimated(sql, rows, where)} AS estimate OFFSET 0) asked_once`
}

export type Selected = Omit<Shown<object>, "json" | "found" | "meaning" | "about" | "ofSome"> & {
  readonly column: Fragment
  /** How far the rows are counted, if they are. */
  readonly counted: number | undefined
  readonly found?: Looked | Met | Sifted | undefined
}

/** So many of the rows, as an index finds them; by their ids, when that index has nothing else of them. */
type Looked = Pick<Found, "most" | "leastOf"> & { readonly byId?: true }

/** So many as are met, of the first so many of others, in the order of the page or by their ids. */
type Met = Omit<Common, "spread"> & { readonly most: number; readonly rows: number; readonly byId?: true }

/**
 * How many there are is asked first: so few are not walked for. There is one row at least, of nothing (its id is null)
 * where none is shown.
 */
type Sifted = { readonly few: number; readonly isSampled: boolean }

/** The rows of a page, and one more if another page follows; with how many there are in all if that is to be counted. */
export const pageStatement = (
  sql: Sql,
  rows: Rows,
  { order, after, limit, offset }: Window,
  { where, column, counted, countedIn, found, among, parts = [sql`true`], steady = false }: Selected
) => {
  const row = sql.literal(rows.alias)
  const from = sql.literal(rows.from)
  const [table = rows.from] = rows.from.split(" ")
  const by = typeof order.by === "string" ? sql.literal(order.by) : order.by
  const direction = sql.literal(order.direction)
  const beyond = (value: Fragment, { value: last, id }: Place) =>
    sql`(${value}, ${row}.id) ${sql.literal(order.direction === "ASC" ? ">" : "<")}
      (${last}::${sql.literal(order.type.name)}, ${id}::uuid)`
  const ordered = (value: Fragment) => sql`ORDER BY ${value} ${direction}, ${row}.id ${direction}`
  const onward = after === undefined ? sql`` : sql`AND ${beyond(by, after)}`
  const page = (value: Fragment) => sql`${ordered(value)} LIMIT ${limit + 1} OFFSET ${offset}`
  const value = sql`${row}.sort_value`
  const whole = (picked: Fragment) => sql`
    SELECT whole.*, picked.sort_value FROM (${picked}) picked JOIN ${sql.literal(table)} whole ON whole.id = picked.id`
  /** What is walked through is read of an index alone, where it has all that is asked, and the rows of the page are read whole. */
  const inOrder = (unless = sql``) => {
    const walked = sql`SELECT ${row}.id, ${by} AS sort_value FROM ${from}
      WHERE (${where}) ${unless} ${onward}`
    const walks = (condition: Fragment) =>
      sql.join(
        " UNION ALL ",
        false
      )(parts.map((part) => sql`(${walked} AND ${condition} AND ${part} ${ordered(by)} LIMIT ${offset + limit + 1})`))
    const merged = ({ column, values }: Among) => sql`
      SELECT ${row}.* FROM unnest(ARRAY[${sql.csv(values.map((value) => sql`${value}::uuid`))}]) AS one (value)
        CROSS JOIN LATERAL (${walks(sql`${sql.literal(column)} = one.value`)}) ${row}
      ${page(value)}`
    if (among !== undefined) return whole(merged(among))
    return whole(
      parts.length > 1 ? sql`SELECT * FROM (${walks(sql`true`)}) ${row} ${page(value)}` : sql`${walked} ${page(by)}`
    )
  }
  const ids = (most: number) => rowsOf(sql, rows, { where, most, columns: sql`${row}.id`, parts: countedIn })
  const looked = ({ most, byId, leastOf }: Looked) => {
    if (byId === undefined && leastOf === undefined) {
      return sql`SELECT ${row}.id, ${by} AS sort_value FROM ${from} WHERE ${where} LIMIT ${most}`
    }
    const chosen = leastOf
      ? sql`SELECT all_of.id FROM (${ids(leastOf)}) all_of ORDER BY all_of.id LIMIT ${most}`
      : ids(most)
    return sql`SELECT ${row}.id, ${by} AS sort_value FROM (${chosen}) one JOIN ${from} ON ${row}.id = one.id`
  }
  const met = ({ among: others, each, most, rows: first, byId }: Met) => {
    const walked = byId
      ? sql`${from} WHERE (${others}) ORDER BY ${row}.id`
      : sql`${from} WHERE (${others}) ${onward} ${ordered(by)}`
    return sql`
      SELECT ${row}.id, ${by} AS sort_value FROM (SELECT ${row}.* FROM ${walked} LIMIT ${first}) ${row}
      WHERE ${each} LIMIT ${most}`
  }
  const sorted = whole(
    sql`SELECT * FROM found ${row} ${after === undefined ? sql`` : sql`WHERE ${beyond(value, after)}`} ${page(value)}`
  )
  const written = (how: {
    readonly first?: Fragment
    readonly total: Fragment
    readonly estimate?: Fragment
    readonly read: Fragment
  }) =>
    sql<Row>`${sql.literal(steady ? ofSteadyList : ofList)} ${how.first ?? sql``}
      SELECT ${row}.id, ${row}.sort_value, ${column}, ${how.total} AS total, ${how.estimate ?? sql`NULL::int`} AS estimate
      FROM ${how.read}
      ${sql.literal(rows.joins ?? "")}
      ORDER BY ${row}.sort_value ${direction}, ${row}.id ${direction}`
  const unlessCounted = (total: Fragment) => (counted === undefined ? sql`NULL::int` : total)

  if (found === undefined) {
    return written({
      total: unlessCounted(sql`(${counting(sql, rows, where, counted, countedIn)})`),
      read: sql`(${inOrder()}) ${row}`
    })
  }
  if ("few" in found) {
    const of = found.isSampled ? rows : { ...rows, samples: [] }
    return written({
      first: sql`WITH census AS MATERIALIZED (${census(sql, of, where, counted ?? found.few + 1, countedIn)})`,
      total: sql`census.count`,
      estimate: sql`census.estimate`,
      read: sql`census LEFT JOIN (${inOrder(sql`AND (SELECT count <= ${found.few} FROM census) IS NOT TRUE`)}) ${row} ON true`
    })
  }
  return written({
    first: sql`WITH found AS MATERIALIZED (${"rows" in found ? met(found) : looked(found)})`,
    total: unlessCounted(sql`(SELECT count(*)::int FROM found)`),
    read: sql`(${sorted}) ${row}`
  })
}
