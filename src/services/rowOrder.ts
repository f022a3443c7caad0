/** The orders in which rows are listed, and what a cursor may hold of a row's place in one. */
import { Schema } from "effect"
import type { Statement } from "effect/sql"

type Typed<Name extends string, Value> = {
  readonly name: Name
  /** In JSON as a cursor holds it, and as the driver reads and binds it. What decodes, PostgreSQL takes. */
  readonly value: Schema.Codec<Value, string | number>
}

/** A type of PostgreSQL that rows are ordered by, with the schema of its values. */
export type SortType =
  | Typed<"bigint", number>
  | Typed<`numeric(${number}, ${number})`, string>
  | Typed<"timestamptz(3)", Date>

export type SortValue = SortType["value"]["Type"]

/** As far as JavaScript counts exactly, which no sum of ours leaves. */
export const bigint: SortType = { name: "bigint", value: Schema.Int }

/** A text, so that no digit is lost; PostgreSQL's NaN and infinities are none of ours. */
export const numeric = (precision: number, scale: number): SortType => ({
  name: `numeric(${precision}, ${scale})`,
  value: Schema.String.check(Schema.isPattern(new RegExp(`^-?\\d{1,${precision - scale}}(\\.\\d{1,${scale}})?$`)))
})

/** From PostgreSQL's first day, 4714-11-24 BC, to JavaScript's last, in whole milliseconds as our columns have them. */
const Milliseconds = Schema.Int.check(Schema.isBetween({ minimum: -210_866_803_200_000, maximum: 8.64e15 }))

export const timestamptz: SortType = {
  name: "timestamptz(3)",
  value: Milliseconds.pipe(Schema.decodeTo(Schema.DateFromMillis))
}

/** An order of rows; rows that are equal in it are in the order of their ids. */
export type Order<Name extends string = string> = {
  /** What requests and cursors call it. */
  readonly name: Name
  /** A column or expression of this type over the listed table, which is never null. */
  readonly by: string | Statement.Fragment
  readonly direction: "ASC" | "DESC"
  readonly type: SortType
}

export const ascending = <const Name extends string>(name: Name, by: Order["by"], type: SortType): Order<Name> => ({
  name,
  by,
  direction: "ASC",
  type
})

export const descending = <const Name extends string>(name: Name, by: Order["by"], type: SortType): Order<Name> => ({
  name,
  by,
  direction: "DESC",
  type
})

/** By the time when a row was made. */
export const newestFirst = (alias: string) => descending("-created_at", `${alias}.created_at`, timestamptz)
