/**
 * Lists: pages of rows by number for people, by cursor (a keyset) for machines and for everything past 10,000 rows.
 * A list counts where a walk begins and not after, and past 10,000 rows asks the planner instead.
 */
import { Effect } from "effect"
import { SqlClient, type Statement } from "effect/sql"
import { readCursor, type Total, writeCursor } from "./cursor.ts"
import { invalidField, type ValidationFailed } from "./errors.ts"
import { type Compiled, compiled, countTo, makeEstimates, many } from "./estimates.ts"
import { maxOffset, type PageMeta, type PageQuery } from "./model.ts"
import {
  counting,
  countingEach,
  type Found,
  pageStatement,
  type Rows,
  type Selected,
  type Shown,
  type Window
} from "./pageSql.ts"
import type { Order } from "./rowOrder.ts"
import { arrayOf, type Encoded, rowsWith } from "./wire.ts"

type Fragment = Statement.Fragment

export type Page<A, Meta extends PageMeta = PageMeta> = {
  readonly items: Encoded<ReadonlyArray<A>>
  readonly meta: Meta
}

/** The first is what is asked for; a cursor may go on in any of them. */
export type Orders<Name extends string> = readonly [Order<Name>, ...ReadonlyArray<Order<Name>>]

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

/** What is found more often than that stands everywhere, and is walked through like any list. */
export const searched = countTo

/** Where there are many rows, so many are looked up and sorted; of more the planner is asked how many it expects. */
const few = 500

/** So many of the rows that came last tell what the others are like; they lie beside each other. */
const sample = 5000

/** Of what is not looked for among all, so many are enough. */
const enough = 40

const exactly = (count: number): Total => ({ count, estimated: false })

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
