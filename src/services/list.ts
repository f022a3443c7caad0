/**
 * Lists: pages of rows by number for people, by cursor (a keyset) for machines and for everything past 10,000 rows.
 * A list counts where a walk begins and not after; past 10,000 rows the planner tells how many there are, or samples of a
 * large table, which tell sooner.
 */
import { Effect } from "effect"
import { SqlClient, type Statement } from "effect/sql"
import { ofList } from "./connections.ts"
import { readCursor, type Total, writeCursor } from "./cursor.ts"
import { invalidField, type ValidationFailed } from "./errors.ts"
import { type Compiled, compiled, countTo, makeEstimates, many } from "./estimates.ts"
import { maxOffset, type PageMeta, type PageQuery } from "./model.ts"
import {
  type Common,
  counting,
  type Found,
  pageStatement,
  type Rows,
  type Selected,
  type Shown,
  sampling,
  toldFrom,
  type Window
} from "./pageSql.ts"
import type { Order } from "./rowOrder.ts"
import { type Item, itemsWith } from "./wire.ts"

type Fragment = Statement.Fragment

export type Page<A, Meta extends PageMeta = PageMeta> = {
  readonly items: ReadonlyArray<Item<A>>
  readonly meta: Meta
}

/** The first is what is asked for; a cursor may go on in any of them. */
export type Orders<Name extends string> = readonly [Order<Name>, ...ReadonlyArray<Order<Name>>]

const windowOf = Effect.fnUntraced(function* <Name extends string>(
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

/** Of a table with no more, about, hardly a list has so many that what was seen of it need be remembered. */
const small = 1.2 * countTo

/** So many are sooner looked up and sorted than walked for, where there are many others; */
const fewOfAll = 2000
/** and so many where an index walks past none but those of a category. */
const fewOfSome = 100

/** So many are walked through in the time in which one is read that an index has found. */
const rowsForOne = 15
/** In the order of their ids so many are, in which few are far from the one before. */
const rowsById = 30_000

/** So many that a search finds are sorted, where they are known to be many and are not met soon. */
const sorted = 5 * countTo

const exactly = (count: number): Total => ({ count, estimated: false })

const isPresent = <Row extends { readonly id: string | null }>(row: Row): row is Row & { readonly id: string } =>
  row.id !== null

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

  const countOf = ({ where, countedIn }: Pick<Shown<object>, "where" | "countedIn">, most?: number) =>
    Effect.map(
      planned(sql<{ readonly count: number }>`${sql.literal(ofList)} ${counting(sql, rows, where, most, countedIn)}`),
      ([row]) => row?.count ?? 0
    )

  /** How many rows the table has, whoever asks; of a small one each list is counted to its end. */
  const size = estimates.planned(asking(sql`true`))

  const totalOf = Effect.fnUntraced(function* (
    shown: Pick<Shown<object>, "where" | "countedIn" | "found">,
    asked: () => Compiled,
    { offset }: Window,
    counted: number | null | undefined
  ) {
    // No row comes along to tell the total of a page past the end.
    const { found } = shown
    const past = counted == null && offset > 0 ? yield* countOf(shown, found?.most) : 0
    const count = counted ?? past
    if (found?.leastOf !== undefined && count === found.most) return { count, estimated: true }
    return count < countTo ? exactly(count) : yield* estimates.get(asked())
  })

  /** The page in this window, of rows that are written as `A`. */
  const pageAt = Effect.fnUntraced(function* <A extends object>(window: Window, shown: Shown<A>) {
    const { order, page, limit, offset, after } = window
    const { where, json, among, parts, meaning, steady = false } = shown
    const few = shown.ofSome ? fewOfSome : fewOfAll
    let compiledOnce: Compiled | undefined
    const asked = () => (compiledOnce ??= asking(where))
    const all = rows.scattered === true ? yield* size : undefined
    const isLarge = all !== undefined && all >= many
    const countedIn = isLarge ? shown.countedIn : undefined
    const isSampled = isLarge && rows.samples !== undefined && shown.found === undefined
    const seen = isSampled || (all !== undefined && all < small) ? undefined : yield* estimates.find(asked())
    const select = (how: Pick<Selected, "counted" | "found">) =>
      itemsWith(json, (column) => {
        return planned(
          pageStatement(sql, rows, window, { where, column, among, countedIn, steady, ...(parts && { parts }), ...how })
        )
      })

    /** How many a search of a large table finds about, and how many others stand before each. */
    const sampled = Effect.gen(function* () {
      if (!isLarge) return
      const count = Math.max(1, yield* estimates.counted(compiled(sampling(sql, rows, where))))
      return { count, apart: all / count }
    })

    /** A page of what is met soon: none, where those are far between this far in. */
    const meet = Effect.fnUntraced(function* (common: Common) {
      const told = yield* sampled
      if (told === undefined || told.count < toldFrom(rows)) return
      const most = offset + limit + 1
      const total = after?.total ?? { count: told.count, estimated: true }
      if (most * told.apart > common.spread * Math.min(told.count, countTo)) return { read: undefined, total }
      const read = yield* select({ counted: undefined, found: { ...common, most, rows: countTo } })
      return { read: read.length > limit ? read : undefined, total }
    })

    /** A page of so few that they are sorted; who finds that more have come since they were counted walks. */
    const lookedUp = Effect.gen(function* () {
      const read = yield* select({ counted: few + 1, found: { most: few + 1, byId: true } })
      const found = read[0]?.total ?? (yield* countOf(shown, few + 1))
      return found === few + 1 ? yield* select({ counted: undefined }) : read
    })

    /** A page of those with the least ids, where these are met sooner than all are gathered to choose them from. */
    const nearest = Effect.fnUntraced(function* ({ most, leastOf = most }: Found, common: Common) {
      const told = yield* sampled
      if (told === undefined) return
      const passed = 1.3 * most * told.apart
      if (passed > Math.min(rowsById, rowsForOne * Math.min(leastOf, told.count))) return
      const read = yield* select({ counted: most, found: { ...common, most, rows: rowsById, byId: true } })
      return read[0]?.total === most ? { read, total: after?.total ?? { count: most, estimated: true } } : undefined
    })

    /** A page of many rows, of which a filter may leave a few that are far between. */
    const sift = Effect.gen(function* () {
      if (!isLarge || seen !== undefined) return
      const about = shown.about && (yield* shown.about)
      if (about !== undefined && about >= toldFrom(rows)) {
        const total = after?.total ?? { count: about, estimated: true }
        return { read: yield* select({ counted: undefined }), total }
      }
      const counted = after === undefined ? countTo : few + 1
      const walked = yield* select({ counted, found: { few, isSampled: about === undefined } })
      const [{ total: count, estimate } = { total: 0, estimate: null }] = walked
      const told = () => {
        if (count !== null && count < countTo) return Effect.succeed(exactly(count))
        if (estimate === null) return estimates.get(asked())
        return Effect.succeed({ count: Math.max(count ?? 0, estimate), estimated: true })
      }
      const areFew = count !== null && count > 0 && count <= few
      return {
        read: areFew ? yield* lookedUp : walked,
        total: after?.total ?? (yield* told())
      }
    })

    /** A page of what is looked up, of which there are about so many where it is not counted. */
    const look = Effect.fnUntraced(function* (told: Total | undefined) {
      const known = after?.total ?? seen
      // A cursor tells how many there are, but who sends it may have made it: that there are too many to be found by their
      // words is what was seen here.
      const looked = seen === undefined ? shown.found : undefined
      // A walk by cursor goes on sooner than so many are sorted for each of its pages.
      const isSorted = told !== undefined && after === undefined && told.count < sorted
      const found = looked && isSorted ? { ...looked, most: sorted } : looked
      const isCounted = known === undefined || found !== undefined
      const first = yield* select({ counted: isCounted ? countTo : undefined, found })
      const counted = first[0]?.total ?? (found && after && (yield* countOf(shown, found.most)))
      const isPast = found !== undefined && found.leastOf === undefined && counted === found.most
      if (isPast) yield* estimates.get(asked())
      const read = isPast ? yield* select({ counted: undefined }) : first
      return { read, total: told ?? known ?? (yield* totalOf(shown, asked, window, counted)) }
    })

    /** What was told of all, by what a page by number shows: there are no fewer, and who sees the end knows how many. */
    const corrected = Effect.fnUntraced(function* (told: Total, shownHere: number, isMore: boolean) {
      const ends = !isMore && shown.found?.leastOf === undefined
      if (after !== undefined || !told.estimated || (shownHere === 0 && !ends)) return told
      const least = (page - 1) * limit + shownHere + (isMore ? 1 : 0)
      if (!ends) return { ...told, count: Math.max(told.count, least) }
      const count = shownHere > 0 ? least : yield* countOf(shown)
      return count < countTo ? exactly(count) : told
    })

    const special = (found: Found) => {
      if (found.common === undefined) return Effect.undefined
      return found.leastOf === undefined ? meet(found.common) : nearest(found, found.common)
    }
    const begun = yield* shown.found === undefined ? sift : special(shown.found)
    const { read, total: told } = begun?.read ? { ...begun, read: begun.read } : yield* look(begun?.total)
    const present = read.filter(isPresent)
    const items = present.slice(0, limit)
    const last = present.length > limit ? items.at(-1) : undefined
    const total = yield* corrected(told, items.length, last !== undefined)
    const place = last && { order, value: last.sort_value, id: last.id, page: page + 1, total, meaning }
    return {
      items: items.map((item) => item.json),
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
