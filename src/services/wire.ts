/**
 * Answers in their wire form, as PostgreSQL or a schema wrote them. What they decode to is their type, and there is no
 * other way to one than from an expression or a schema of that type.
 */
import { Effect, Schema, type Types } from "effect"
import { Statement } from "effect/sql"
import type { Json } from "./json.ts"

/** The type of PostgreSQL's that comes as it is sent: a text to it, and one that no column has. */
export const asBytes = "bpchar"

declare const Wire: unique symbol

/** JSON that decodes to an `A`. */
export type Encoded<A> = string & { readonly [Wire]: Types.Invariant<A> }

const encoded = <A>(json: string) => json as Encoded<A>

/** The body of the answer that shows it. */
export const dataText = <A>(data: Encoded<A>) => `{"data":${data}}`

/** Encodes by a schema. To be made once. */
export const encode = <A, I>(schema: Schema.Codec<A, I>) => {
  const text = Schema.encodeSync(Schema.fromJsonString(schema))
  return (value: A) => encoded<A>(text(value))
}

const arrayOf = <A>(items: ReadonlyArray<Encoded<A>>) => encoded<ReadonlyArray<A>>(`[${items.join(",")}]`)

/** The same of one item of a list, in UTF-8 as PostgreSQL sent it: what is only passed on need not become a text before. */
export type Item<A> = Uint8Array & { readonly [Wire]: Types.Invariant<A> }

const utf8 = new TextDecoder()

/** For who reads them. */
export const textOf = (items: ReadonlyArray<Uint8Array>) => `[${items.map((item) => utf8.decode(item)).join(",")}]`

/** What a change that creates or replaces has made of a thing. */
export type Written<A> = { readonly created: boolean; readonly data: Encoded<A> }

/** The same object with one more field, which it has not got yet. */
export const withField = <A extends object, const Name extends string, B>(
  object: Encoded<A>,
  name: Name,
  value: Encoded<B>
) => encoded<A & { readonly [_ in Name]?: B }>(`${object.slice(0, -1)},"${name}":${value}}`)

/** Selects it as the column `json`. */
export const columnOf = <A>(json: Json<A>, type = "text") => `${json.text}::${type} AS json`

const fragmentOf = <A>(json: Json<A>, type?: string) => Statement.fragment([Statement.literal(columnOf(json, type))])

type Select<Row, E, R> = (column: Statement.Fragment) => Effect.Effect<ReadonlyArray<Row>, E, R>

/** The rows of a statement that selects it by the column that it is given, beside whatever else. */
export const rowsWith: {
  <A extends object, Row extends object, E, R>(
    json: Json<A>,
    select: Select<Row, E, R>
  ): Effect.Effect<ReadonlyArray<Row & { readonly json: Encoded<A> }>, E, R>
  <A extends object, Row extends object, E, R>(
    json: Json<A | null>,
    select: Select<Row, E, R>
  ): Effect.Effect<ReadonlyArray<Row & { readonly json: Encoded<A> | null }>, E, R>
} = <A, Row, E, R>(json: Json<A>, select: Select<Row, E, R>) =>
  select(fragmentOf(json)) as Effect.Effect<ReadonlyArray<Row & { readonly json: Encoded<never> }>, E, R>

/** The same as items of a list. */
export const itemsWith = <A extends object, Row extends object, E, R>(json: Json<A>, select: Select<Row, E, R>) =>
  select(fragmentOf(json, `text::${asBytes}`)) as Effect.Effect<ReadonlyArray<Row & { readonly json: Item<A> }>, E, R>

/** Of all rows, in their order. */
export const readAll = <A extends object, E, R>(json: Json<A>, select: Select<object, E, R>) =>
  Effect.map(rowsWith(json, select), (rows) => arrayOf(rows.map((row) => row.json)))

/** Of the first row; without one, what `orElse` says. */
export const readFirst = <A extends object, E, R, E2>(
  json: Json<A>,
  select: Select<object, E, R>,
  orElse: () => Effect.Effect<never, E2>
) => Effect.flatMap(rowsWith(json, select), ([row]) => (row === undefined ? orElse() : Effect.succeed(row.json)))
