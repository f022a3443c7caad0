import { Schema } from "effect"
import { PageMeta } from "../../services/model.ts"

/** `{ "data": … }`, the shape of every success. */
export const dataOf = <S extends Schema.Top>(data: S) => Schema.Struct({ data })

/** `{ "data": [ … ], "meta": { … } }`, the shape of every list. */
export const pageOf = <S extends Schema.Top>(item: S) => Schema.Struct({ data: Schema.Array(item), meta: PageMeta })
