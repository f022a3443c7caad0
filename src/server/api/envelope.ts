import { Schema } from "effect"
import { HttpApiSchema } from "effect/http-api"
import { PageMeta } from "../../services/model.ts"
import { exampleOf, shape } from "../../services/shape.ts"

/** `{ "data": … }`, the shape of every success. Its type says its status, which handlers are held to. */
export interface DataOf<S extends Schema.Top, Status extends 200 | 201> extends Schema.Struct<{ readonly data: S }> {
  readonly "~zst/status": Status
}

export const dataOf = <S extends Schema.Top>(data: S) => Schema.Struct({ data }) as DataOf<S, 200>

/** The same for what has come into being. */
export const createdOf = <S extends Schema.Top>(data: S) =>
  Schema.Struct({ data }).pipe(HttpApiSchema.status(201)) as DataOf<S, 201>

/** For what was there before, or has come into being: whichever is the case is the status. */
export const writtenOf = <S extends Schema.Top>(data: S) => [dataOf(data), createdOf(data)] as const

/** `{ "data": [ … ], "meta": { … } }`, the shape of every list. */
export interface PageOf<S extends Schema.Top, Meta extends Schema.Top = typeof PageMeta>
  extends Schema.Struct<{ readonly data: Schema.$Array<S>; readonly meta: Meta }> {
  readonly "~zst/item": S
}

export const pageOf = <S extends Schema.Top>(item: S) =>
  Schema.Struct({ data: Schema.Array(item), meta: PageMeta }) as PageOf<S>

const SearchMeta = shape(
  "SearchMeta",
  { ...PageMeta.fields, query: Schema.String },
  { ...exampleOf(PageMeta), query: "huile" }
)

/** A list that says what it was searched for. */
export const foundOf = <S extends Schema.Top>(item: S) =>
  Schema.Struct({ data: Schema.Array(item), meta: SearchMeta }) as PageOf<S, typeof SearchMeta>
