/** Pages of rows, the newest first, by number or by cursor. */
import { DateTime, Effect, Schema } from "effect"
import type { SqlClient, Statement } from "effect/sql"
import { invalidField } from "./errors.ts"
import type { Json } from "./json.ts"
import { cut, maxOffset, type Page, type PageQuery, pageMeta, type Total, type Window, windowOf } from "./page.ts"
import { arrayOf, rowsWith } from "./wire.ts"

type Fragment = Statement.Fragment

type Rows = {
  readonly sql: SqlClient.SqlClient
  /** The alias of the table whose `created_at` and `id` order the list. */
  readonly alias: string
  readonly from: Fragment
  readonly where: Fragment
}

type Listing<A> = Rows & { readonly json: Json<A> }

type Row = { readonly id: string; readonly created_at: Date }

const decodePlan = Schema.decodeUnknownEffect(
  Schema.Tuple([Schema.Struct({ Plan: Schema.Struct({ "Plan Rows": Schema.Finite }) })])
)

const total = Effect.fnUntraced(function* ({ sql, from, where }: Rows) {
  const [counted] = yield* sql<{ count: number }>`
    SELECT count(*)::int AS count FROM (SELECT FROM ${from} WHERE ${where} LIMIT ${maxOffset + 1}) c`
  const exact = counted?.count ?? 0
  if (exact <= maxOffset) return { count: exact, estimated: false } satisfies Total
  const [explained] = yield* sql<Record<string, unknown>>`EXPLAIN (FORMAT JSON) SELECT FROM ${from} WHERE ${where}`
  const [root] = yield* decodePlan(explained?.["QUERY PLAN"])
  return { count: Math.max(exact, Math.round(root.Plan["Plan Rows"])), estimated: true } satisfies Total
})

const latest = 8.64e15

/** The last row of the page before, whose time a cursor holds in milliseconds. */
const beyond = Effect.fnUntraced(function* ({ sql, alias }: Rows, { after }: Window) {
  if (after === undefined) return sql``
  const { value, id } = after
  if (typeof value !== "number" || !Number.isInteger(value) || Math.abs(value) > latest) {
    return yield* invalidField("cursor", "This cursor is not valid; begin again without it")
  }
  const time = DateTime.toDateUtc(DateTime.makeUnsafe(value))
  return sql`AND (${sql.literal(`${alias}.created_at, ${alias}.id`)}) < (${time}::timestamptz, ${id}::uuid)`
})

/** A page of `A` as wire JSON, with its meta. */
export const newestFirst = Effect.fnUntraced(function* <A extends object>(listing: Listing<A>, query: PageQuery) {
  const { sql, alias, from, where, json } = listing
  const window = yield* windowOf(query, "-created_at")
  const after = yield* beyond(listing, window)
  const order = sql.literal(`${alias}.created_at DESC, ${alias}.id DESC`)
  const page = rowsWith(
    json,
    (column) => sql<Row>`
      SELECT ${sql.literal(`${alias}.id, ${alias}.created_at`)}, ${column} FROM ${from}
      WHERE ${where} ${after} ORDER BY ${order} LIMIT ${window.limit + 1} OFFSET ${window.offset}`
  )
  const [rows, count] = yield* Effect.orDie(Effect.all([page, total(listing)], { concurrency: 2 }))
  const { shown, more } = cut(rows, window.limit)
  const last = shown.at(-1)
  return {
    items: arrayOf(shown.map((row) => row.json)),
    meta: pageMeta({
      window,
      total: count,
      more,
      last: last && { value: last.created_at.getTime(), id: last.id }
    })
  } satisfies Page<A>
})
