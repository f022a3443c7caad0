/**
 * Lists: pages of rows by number for people, by cursor (a keyset) for machines and for everything past 10,000 rows.
 * A list counts where a walk begins and not after, and past 10,000 rows asks the planner instead.
 */
import { Effect } from "effect"
import { SqlClient, type Statement } from "effect/sql"
import { type Place, readCursor, type Total, writeCursor } from "./cursor.ts"
import { invalidField, type ValidationFailed } from "./errors.ts"
import { type Compiled, compiled, countTo, makeEstimates, many } from "./estimates.ts"
import type { Json } from "./json.ts"
import { maxOffset, type PageMeta, type PageQuery } from "./model.ts"
import type { Order } from "./rowOrder.ts"
import { arrayOf, type Encoded, rowsWith } from "./wire.ts"

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
  /** What the JSON of a row takes from elsewhere, joined to the rows of the page alone. */
  readonly joins?: string
  /** Some filters leave most rows and some nearly none: no plan is good for both, and each page is planned anew. */
  readonly uneven?: true
  /** What a filter leaves may be far between in any order: it is counted first, and a few are not walked for. */
  readonly scattered?: true
}

/** Which of its rows are asked for, and how each is written. */
export type Shown<A> = {
  readonly where: Fragment
  readonly json: Json<A>
  readonly found?: Found | undefined
  readonly among?: Among | undefined
  readonly parts?: Parts
}

/** The rows have one of these values, which are uuids, and for each alone an index has them in order: it is read from each. */
export type Among = {
  readonly column: string
  readonly values: ReadonlyArray<string>
  /** Other values that so few rows have that they are looked up and sorted. */
  readonly rare?: ReadonlyArray<string>
}

/** Each of the rows is in one of these parts, and for each an index has them in order: it is read from each. */
export type Parts = ReadonlyArray<Fragment>

/**
 * Of a search: the same rows, as an index of words finds them, so many at most. Page and total are made of those, so that
 * nobody walks through an order to look for what stands nowhere.
 */
export type Found = { readonly where: Fragment; readonly most: number; readonly met?: Met | undefined }

/**
 * The same without that index, which gathers all that have a word before the first of them is read: what many rows have is
 * met soon.
 */
export type Met = {
  /** So many rows at most have the words, as is known beforehand: fewer are found sooner. */
  readonly most: Effect.Effect<number>
  /** The part of the filter for which an index has every order; nothing when what came last is met as well as any. */
  readonly among?: Fragment
}

export type Page<A, Meta extends PageMeta = PageMeta> = {
  readonly items: Encoded<ReadonlyArray<A>>
  readonly meta: Meta
}

/** The first is what is asked for; a cursor may go on in any of them. */
export type Orders<Name extends string> = readonly [Order<Name>, ...ReadonlyArray<Order<Name>>]

/** Which page is asked for: the order of the rows, and those to pass over, by count or by key. */
export type Window<Name extends string = string> = {
  readonly order: Order<Name>
  readonly page: number
  readonly limit: number
  readonly offset: number
  readonly after: Place<Name> | undefined
}

export const windowOf = Effect.fnUntraced(function* <Name extends string>(
  list: string,
  { page, limit, cursor }: PageQuery,
  orders: Orders<Name>
): Effect.fn.Return<Window<Name>, ValidationFailed> {
  if (cursor !== undefined) {
    if (page !== undefined) return yield* invalidField("cursor", "Give either page or cursor, not both")
    const after = yield* readCursor(cursor, list, orders)
    return { order: after.order, page: after.page, limit, offset: 0, after }
  }
  const offset = ((page ?? 1) - 1) * limit
  if (offset > 0 && offset + limit > maxOffset) {
    return yield* invalidField("page", `Pages reach the first ${maxOffset} rows; go on with meta.next_cursor`)
  }
  return { order: orders[0], page: page ?? 1, limit, offset, after: undefined }
})

type Row = {
  readonly id: string
  readonly sort_value: unknown
  /** How many there are, counted no further than `countTo`; null when it was not asked for. */
  readonly total: number | null
}

/** What is found more often than that stands everywhere, and is walked through like any list. */
export const searched = countTo

/** Where there are many rows, so many are looked up and sorted; of more the planner is asked how many it expects. */
const few = 500

/** So many of the rows that came last tell what the others are like; they lie beside each other. */
const sample = 5000

/** Of what is not looked for among all, so many are enough. */
const enough = 40

const exactly = (count: number): Total => ({ count, estimated: false })

const counting = (sql: Sql, { from }: Rows, where: Fragment, most = countTo) =>
  sql<{ readonly count: number }>`
    SELECT count(*)::int AS count FROM (SELECT FROM ${sql.literal(from)} WHERE ${where} LIMIT ${most}) c`

const uuids = (sql: Sql, values: ReadonlyArray<string>) =>
  values.length === 0 ? sql`'{}'::uuid[]` : sql`ARRAY[${sql.csv(values.map((value) => sql`${value}::uuid`))}]`

/** How many rows have each of those values, counted no further than that. */
const countingEach = (sql: Sql, rows: Rows, where: Fragment, { column, values }: Among, most: number) =>
  sql<{ readonly value: string; readonly count: number }>`
    SELECT one.value, (${counting(sql, rows, sql`(${where}) AND ${sql.literal(column)} = one.value`, most)}) AS count
    FROM unnest(${uuids(sql, values)}) AS one (value)`

type Selected = Omit<Shown<object>, "json" | "found"> & {
  readonly column: Fragment
  /** How far the rows are counted, if they are. */
  readonly counted: number | undefined
  readonly found?: (Omit<Found, "met"> & { readonly byId?: true }) | Walk | undefined
}

/** So many that are met, of so many rows in this order. */
type Walk = { readonly among: Fragment; readonly order?: Order; readonly most: number; readonly rows: number }

/** The rows of a page, and one more if another page follows; with how many there are in all if that is to be counted. */
export const pageStatement = (
  sql: Sql,
  rows: Rows,
  { order, after, limit, offset }: Window,
  { where, column, counted, found, among, parts = [] }: Selected
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
  const walked = sql`SELECT ${row}.*, ${by} AS sort_value FROM ${from}
    WHERE (${where}) ${onward}`
  const walks = (condition: Fragment) =>
    sql.join(
      " UNION ALL ",
      false
    )(
      (parts.length === 0 ? [sql`true`] : parts).map(
        (part) => sql`(${walked} AND ${condition} AND ${part} ${ordered(by)} LIMIT ${offset + limit + 1})`
      )
    )
  const lookedUp = (rare: Fragment, most: Fragment) => sql`
    (SELECT ${row}.id FROM ${from} WHERE (${rare}) ${most}) few JOIN ${from} ON ${row}.id = few.id`
  const merged = ({ column, values, rare = [] }: Among) => sql`
    SELECT ${row}.* FROM (
      SELECT ${row}.* FROM unnest(${uuids(sql, values)}) AS one (value)
        CROSS JOIN LATERAL (${walks(sql`${sql.literal(column)} = one.value`)}) ${row}
      ${
        rare.length === 0
          ? sql``
          : sql`UNION ALL SELECT ${row}.*, ${by} AS sort_value
              FROM ${lookedUp(sql`${where} AND ${sql.literal(column)} = ANY (${rare}::uuid[])`, sql``)}
              WHERE true ${onward}`
      }) ${row}
    ${page(value)}`
  const inOrder = () => {
    if (among !== undefined) return merged(among)
    return parts.length === 0
      ? sql`${walked} ${page(by)}`
      : sql`SELECT * FROM (${walks(sql`true`)}) ${row} ${page(value)}`
  }
  const met = ({ among, order: its, most, rows }: Walk) => sql`
    SELECT ${row}.id, ${by} AS sort_value FROM (
      SELECT ${row}.* FROM ${from} WHERE (${among}) ${its === order ? onward : sql``}
      ${its === order ? ordered(by) : sql`ORDER BY ${row}.id DESC`} LIMIT ${rows}) ${row}
    WHERE ${where} LIMIT ${most}`
  // What is asked for stands in an index, if not what is sorted by.
  const looked = ({ where: asked, most, byId }: Extract<Selected["found"], Omit<Found, "met">>) =>
    byId
      ? sql`SELECT ${row}.id, ${by} AS sort_value FROM ${lookedUp(asked, sql`LIMIT ${most}`)}`
      : sql`SELECT ${row}.id, ${by} AS sort_value FROM ${from} WHERE ${asked} LIMIT ${most}`
  const [first, total, picked] =
    found === undefined
      ? [sql``, sql`(${counting(sql, rows, where, counted)})`, inOrder()]
      : [
          sql`WITH found AS MATERIALIZED (${"rows" in found ? met(found) : looked(found)})`,
          sql`(SELECT count(*)::int FROM found)`,
          sql`SELECT whole.*, picked.sort_value FROM (
            SELECT * FROM found ${row} ${after === undefined ? sql`` : sql`WHERE ${beyond(value, after)}`} ${page(value)}
          ) picked JOIN ${sql.literal(table)} whole ON whole.id = picked.id`
        ]
  return sql<Row>`${first}
    SELECT ${row}.id, ${row}.sort_value, ${column}, ${counted === undefined ? sql`NULL::int` : total} AS total
    FROM (${picked}) ${row}
    ${sql.literal(rows.joins ?? "")}
    ORDER BY ${row}.sort_value ${direction}, ${row}.id ${direction}`
}

export type List = Effect.Success<ReturnType<typeof makeList>>

/**
 * A list of these rows, for the service that shows them:
 *
 *     const orders = yield* makeList({ name: "orders", from: "orders o", alias: "o" })
 *     orders.page({ query, order: newestFirst("o"), where: sql`o.user_id = ${id}`, json })
 */
export const makeList = Effect.fnUntraced(function* (rows: Rows) {
  const sql = yield* SqlClient.SqlClient
  const estimates = yield* makeEstimates(sql)

  const planned = <A>(statement: Statement.Statement<A>) => (rows.uneven ? statement.unprepared : statement)

  const asking = (where: Fragment) => compiled(sql`SELECT FROM ${sql.literal(rows.from)} WHERE ${where}`)

  const countOf = ({ where, most }: { readonly where: Fragment; readonly most?: number }) =>
    Effect.map(planned(counting(sql, rows, where, most)), ([row]) => row?.count ?? 0)

  /** How many rows the table has, whoever asks; of a small one each list is counted to its end. */
  const size = estimates.planned(asking(sql`true`))

  const totalOf = Effect.fnUntraced(function* (
    { where, found }: Pick<Shown<object>, "where" | "found">,
    asked: Compiled,
    { offset }: Window,
    counted: number | null | undefined
  ) {
    // No row comes along to tell the total of a page past the end.
    const past = counted == null && offset > 0 ? yield* countOf(found ?? { where }) : 0
    const count = counted ?? past
    return count < countTo ? exactly(count) : yield* estimates.get(asked)
  })

  /** As many as there are if the others are like those that came last; exact when those are too few to be told. */
  const expected = Effect.fnUntraced(function* (where: Fragment, asked: Compiled) {
    const row = sql.literal(rows.alias)
    const [like] = yield* planned(sql<{ readonly count: number }>`SELECT count(*)::int AS count
      FROM (SELECT ${row}.* FROM ${sql.literal(rows.from)} ORDER BY ${row}.id DESC LIMIT ${sample}) ${row} WHERE ${where}`)
    const count = ((like?.count ?? 0) / sample) * (yield* size)
    return count < countTo ? exactly(count) : yield* estimates.met(asked, count)
  })

  /** The page in this window, of rows that are written as `A`. */
  const pageAt = Effect.fnUntraced(function* <A extends object>(window: Window, shown: Shown<A>) {
    const { order, page, limit, offset, after } = window
    const { where, json, among, parts = [] } = shown
    const asked = asking(where)
    const select = (how: Pick<Selected, "counted" | "found">, its = among) =>
      rowsWith(json, (column) => {
        return planned(pageStatement(sql, rows, window, { where, column, among: its, parts, ...how }))
      })
    /** What is found, if it is met soon. */
    const meet = Effect.fnUntraced(function* ({ met, most }: Found) {
      if (met === undefined || (yield* size) < many || (yield* met.most) < countTo) return
      const { among } = met
      if (among === undefined) {
        const read = yield* select({ counted: most, found: { among: sql`true`, most, rows: sample } })
        const count = read[0]?.total ?? 0
        return count < enough ? undefined : { read, total: exactly(count) }
      }
      if (after?.total.estimated === false) return
      // A cursor tells how many there are, but who sends it may have made it: that there are too many to be found by their
      // words is what was seen here.
      const seen = (yield* estimates.find(asked)) ?? (yield* expected(where, asked))
      if (!seen.estimated) return
      const soon = yield* select({
        counted: undefined,
        found: { among, order, most: offset + limit + 1, rows: countTo }
      })
      const read = soon.length > limit ? soon : yield* select({ counted: undefined })
      return { read, total: after?.total ?? seen }
    })

    /** What passes a filter, if that is nothing or little; how many more are expected, if that is too many to count. */
    const sift = Effect.gen(function* () {
      if (rows.scattered === undefined || (yield* size) < many) return
      const known = after?.total ?? (yield* estimates.find(asked))
      if (among === undefined && known !== undefined && known.count > few) return { total: known }
      const each = among && (yield* planned(countingEach(sql, rows, where, among, few + 1)))
      const count = each ? each.reduce((sum, one) => sum + one.count, 0) : yield* countOf({ where, most: few + 1 })
      if (count === 0) return { read: [], total: known ?? exactly(0) }
      if (count <= few) {
        const read = yield* select({ counted: undefined, found: { where, most: few + 1, byId: true } })
        return { read, total: known ?? exactly(count) }
      }
      const valuesOf = (isMeant: (count: number) => boolean) =>
        (each ?? []).filter(({ count }) => isMeant(count)).map(({ value }) => value)
      const split = among && {
        among: {
          column: among.column,
          values: valuesOf((count) => count > few),
          rare: valuesOf((count) => count > 0 && count <= few)
        }
      }
      if (known !== undefined) return { ...split, total: known }
      return { ...split, ...((yield* estimates.planned(asked)) < many ? {} : { total: yield* estimates.get(asked) }) }
    })

    const look = Effect.gen(function* () {
      const sifted = shown.found === undefined ? yield* sift : undefined
      if (sifted?.read !== undefined) return sifted
      const known = sifted?.total ?? after?.total ?? (yield* estimates.find(asked))
      // Here too it is what was seen.
      const found = (yield* estimates.find(asked)) === undefined ? shown.found : undefined
      const isCounted = known === undefined || found !== undefined
      const first = yield* select({ counted: isCounted ? countTo : undefined, found }, sifted?.among)
      const counted = first[0]?.total ?? (found && after && (yield* countOf(found)))
      const isPast = found !== undefined && counted === countTo
      if (isPast) yield* estimates.get(asked)
      const read = isPast ? yield* select({ counted: undefined }) : first
      return { read, total: known ?? (yield* totalOf(shown, asked, window, counted)) }
    })

    const { read, total } = (shown.found && (yield* meet(shown.found))) ?? (yield* look)
    const items = read.slice(0, limit)
    const last = read.length > limit ? items.at(-1) : undefined
    const place = last && { order, value: last.sort_value, id: last.id, page: page + 1, total }
    return {
      items: arrayOf(items.map((item) => item.json)),
      meta: {
        page,
        limit,
        total: total.count,
        ...(total.estimated ? { total_is_estimate: true } : {}),
        total_pages: Math.ceil(total.count / limit),
        has_next: place !== undefined,
        has_prev: page > 1 && total.count > 0,
        next_cursor: place === undefined ? null : yield* writeCursor(rows.name, place)
      }
    } satisfies Page<A>
  }, Effect.orDie)

  const window = <Name extends string>(query: PageQuery, orders: Orders<Name>) => windowOf(rows.name, query, orders)

  /** The page that a request asks for, in this order. */
  const page = <A extends object>({
    query,
    order,
    ...shown
  }: Shown<A> & { readonly query: PageQuery; readonly order: Order }) =>
    Effect.flatMap(window(query, [order]), (asked) => pageAt(asked, shown))

  return { window, pageAt, page }
})
