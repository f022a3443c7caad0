/**
 * Pages of lists: `page`/`limit` for people, `cursor` (a keyset) for machines and for everything past 10,000 rows.
 */
import { Effect, Schema, SchemaGetter } from "effect"
import { Base64Url } from "effect/encoding"
import { invalidField, type ValidationFailed } from "./errors.ts"
import { shape } from "./shape.ts"
import type { Encoded } from "./wire.ts"

/** Rows that can be reached by page number, and the count past which `total` is an estimate. */
export const maxOffset = 10_000

const wholeNumber = (minimum: number, maximum: number) =>
  Schema.FiniteFromString.annotate({ message: "Expected a number" }).check(
    Schema.isInt({ message: "Expected a whole number" }),
    Schema.isBetween({ minimum, maximum }, { message: `Expected a whole number from ${minimum} to ${maximum}` })
  )

/** The query parameters of every list. */
export const pageQuery = {
  page: Schema.optionalKey(wholeNumber(1, maxOffset)),
  limit: wholeNumber(1, 100).pipe(Schema.withDecodingDefaultKey(Effect.succeed("20"))),
  cursor: Schema.optionalKey(
    Schema.String.check(Schema.isMaxLength(512, { message: "Expected at most 512 characters" }))
  )
}

export type PageQuery = {
  readonly page?: number
  readonly limit: number
  readonly cursor?: string
}

/** Where a keyset page begins: after the row with this sort value and id. */
export type After = { readonly value: string | number | null; readonly id: string }

/** What a list query is told: its order, the rows to pass over, by key or by count, and how many to take. */
export type Window<Sort extends string = string> = {
  readonly sort: Sort
  readonly page: number
  readonly limit: number
  readonly offset: number
  readonly after: After | undefined
}

export const PageMeta = shape(
  "PageMeta",
  {
    page: Schema.Int,
    limit: Schema.Int,
    total: Schema.Int,
    total_is_estimate: Schema.optionalKey(Schema.Boolean),
    total_pages: Schema.Int,
    has_next: Schema.Boolean,
    has_prev: Schema.Boolean,
    next_cursor: Schema.NullOr(Schema.String)
  },
  { page: 1, limit: 20, total: 1, total_pages: 1, has_next: false, has_prev: false, next_cursor: null }
)
export type PageMeta = typeof PageMeta.Type

/** A page of a list: its items in their wire form, and where it stands in the list. */
export type Page<A> = { readonly items: Encoded<ReadonlyArray<A>>; readonly meta: PageMeta }

export type Total = { readonly count: number; readonly estimated: boolean }

const Cursor = Schema.fromJsonString(
  Schema.Tuple([
    Schema.String,
    Schema.NullOr(Schema.Union([Schema.String, Schema.Finite])),
    Schema.String.check(Schema.isUUID()),
    Schema.Int.check(Schema.isBetween({ minimum: 2, maximum: 100_000_000 }))
  ])
)
const CursorText = Schema.String.pipe(
  Schema.decodeTo(Cursor, {
    decode: SchemaGetter.transformEffect((text: string) =>
      Effect.orElseSucceed(Effect.fromResult(Base64Url.decodeString(text)), () => "")
    ),
    encode: SchemaGetter.transform((json: string) => Base64Url.encode(json))
  })
)
const decodeCursor = Schema.decodeEffect(CursorText)
const encodeCursor = Schema.encodeSync(CursorText)

/**
 * The window of a request in its `sort`. A cursor carries the order that it was made in; one of an order that is
 * neither `sort` nor among `alsoFrom` is refused.
 */
export const windowOf = Effect.fnUntraced(function* <Sort extends string>(
  query: PageQuery,
  sort: Sort,
  alsoFrom: ReadonlyArray<Sort> = []
): Effect.fn.Return<Window<Sort>, ValidationFailed> {
  const { limit } = query
  if (query.cursor === undefined) {
    const page = query.page ?? 1
    const offset = (page - 1) * limit
    if (offset + limit > maxOffset && page > 1) {
      return yield* invalidField("page", `Pages reach the first ${maxOffset} rows; go on with meta.next_cursor`)
    }
    return { sort, page, limit, offset, after: undefined }
  }
  if (query.page !== undefined) return yield* invalidField("cursor", "Give either page or cursor, not both")
  const [order, value, id, page] = yield* Effect.mapError(decodeCursor(query.cursor), () =>
    invalidField("cursor", "This cursor is not valid; begin again without it")
  )
  const known = [sort, ...alsoFrom].find((name) => name === order)
  if (known === undefined) return yield* invalidField("cursor", "This cursor belongs to another sort order")
  return { sort: known, page, limit, offset: 0, after: { value, id } }
})

/** `meta` of a page: `last` is the last row shown, `more` whether another follows it. */
export const pageMeta = (options: {
  readonly window: Window
  readonly total: Total
  readonly more: boolean
  readonly last: After | undefined
}): PageMeta => {
  const { window, total, more, last } = options
  return {
    page: window.page,
    limit: window.limit,
    total: total.count,
    ...(total.estimated ? { total_is_estimate: true } : {}),
    total_pages: Math.ceil(total.count / window.limit),
    has_next: more,
    has_prev: window.page > 1,
    next_cursor: more && last !== undefined ? encodeCursor([window.sort, last.value, last.id, window.page + 1]) : null
  }
}

/** Takes one row more than the page shows, to know whether another page follows. */
export const cut = <Row>(rows: ReadonlyArray<Row>, limit: number) => ({
  shown: rows.length > limit ? rows.slice(0, limit) : rows,
  more: rows.length > limit
})
