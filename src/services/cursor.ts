/**
 * Cursors: where a walk over a list goes on, as a text that clients hand back. They are not signed: everything in them
 * is checked when it comes back, and grants nothing that the request does not.
 */
import { Effect, Schema } from "effect"
import { invalidField, type ValidationFailed } from "./errors.ts"
import { uuid } from "./model.ts"
import type { Order, SortValue } from "./rowOrder.ts"

export type Total = { readonly count: number; readonly estimated: boolean }

/** Words, each with those that were meant by it: what a walk looks for and is ordered by, whatever they mean by now. */
export type Meaning = ReadonlyArray<ReadonlyArray<string>>

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

/** A word, without a sign of a pattern, and what was meant by it: those that a search has, and no more. */
const Meaning = Schema.Array(
  Schema.Array(Schema.String.check(Schema.isPattern(/^[^\p{C}\s\\^$.*+?()[\]{}|]{1,200}$/u))).check(
    Schema.isMaxLength(8)
  )
).check(Schema.isMaxLength(8))

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
