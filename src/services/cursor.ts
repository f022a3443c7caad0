/**
 * Cursors: where a walk over a list goes on, as a text that clients hand back. They are not signed: everything in them
 * is checked when it comes back, and grants nothing that the request does not.
 */
import { Effect, Schema } from "effect"
import { invalidField, type ValidationFailed } from "./errors.ts"
import { uuid } from "./model.ts"
import type { Order, SortValue } from "./rowOrder.ts"
import { maxWords, mostMeant } from "./words.ts"

export type Total = { readonly count: number; readonly estimated: boolean }

/** Words, each with those that were meant by it: what a walk looks for and is ordered by, whatever they mean by now. */
export type Meaning = typeof Meaning.Type

/** The place behind a row, and what the walk knows there. */
export type Place<Name extends string = string> = {
  readonly order: Order<Name>
  readonly value: SortValue
  readonly id: string
  /** The number of the page that begins here. */
  readonly page: number
  /** What was counted where the walk began. */
  readonly total: Total
  readonly meaning?: Meaning | undefined
}

/** Nobody walks so far; who claims to be there stays there. */
const lastPage = 100_000_000

/** In letters: so that a cursor with it is not longer than what is read as one. */
const longestMeaning = 800

/** A word and those that were meant by it, of letters and digits: those that a search has, and no more. */
const Meant = Schema.Array(Schema.String.check(Schema.isPattern(/^[\p{L}\p{M}\p{N}]{1,64}$/u))).check(
  Schema.isMinLength(1),
  Schema.isMaxLength(1 + mostMeant)
)
const Meaning = Schema.Array(Meant).check(
  Schema.isMaxLength(maxWords),
  Schema.makeFilter((all) => all.flat().join().length <= longestMeaning),
  Schema.makeFilter((all) => new Set(all.map(([word]) => word)).size === all.length)
)

const Cursor = Schema.StringFromBase64Url.pipe(
  Schema.decodeTo(
    Schema.fromJsonString(
      Schema.Struct({
        list: Schema.String,
        order: Schema.String,
        value: Schema.Union([Schema.String, Schema.Finite]),
        id: uuid(),
        page: Schema.Int.check(Schema.isBetween({ minimum: 2, maximum: lastPage })),
        total: Schema.Int.check(Schema.isGreaterThan(0)),
        estimated: Schema.Boolean,
        meaning: Schema.optionalKey(Meaning)
      })
    )
  )
)
/** Whether a cursor holds it: longer ones than any that people mean are left out, and the walk looks for what is meant then. */
export const isMeaning = Schema.is(Meaning)

const decode = Schema.decodeEffect(Cursor)
const encode = Schema.encodeEffect(Cursor)

const refused = (message: string) => invalidField("cursor", message)
const invalid = () => refused("This cursor is not valid; begin again without it")

/** Reads a cursor of this list in one of these orders. */
export const readCursor = Effect.fnUntraced(function* <Name extends string>(
  text: string,
  list: string,
  orders: ReadonlyArray<Order<Name>>
): Effect.fn.Return<Place<Name>, ValidationFailed> {
  const { id, page, ...cursor } = yield* Effect.mapError(decode(text), invalid)
  if (cursor.list !== list) return yield* refused("This cursor belongs to another list")
  const order = orders.find(({ name }) => name === cursor.order)
  if (order === undefined) return yield* refused("This cursor belongs to another sort order")
  const value = yield* Effect.mapError(Schema.decodeUnknownEffect(order.type.value)(cursor.value), invalid)
  const { meaning } = cursor
  return {
    order,
    value,
    id,
    page,
    total: { count: cursor.total, estimated: cursor.estimated },
    ...(meaning && { meaning })
  }
})

/** Writes a cursor; its value is what the driver read, and an order that is not of that type is a defect. */
export const writeCursor = Effect.fnUntraced(function* (
  list: string,
  { order, value, id, page, total, meaning }: Omit<Place, "value"> & { readonly value: unknown }
) {
  return yield* encode({
    list,
    order: order.name,
    value: yield* Schema.encodeUnknownEffect(order.type.value)(value),
    id,
    page: Math.min(page, lastPage),
    total: total.count,
    estimated: total.estimated,
    ...(meaning !== undefined && { meaning })
  })
}, Effect.orDie)
