import { Schema } from "effect"
import { FieldError } from "../../services/errors.ts"
import { PageMeta } from "../../services/page.ts"

/** `{ "data": … }`, the shape of every success. */
export const dataOf = <S extends Schema.Top>(data: S) => Schema.Struct({ data })

/** `{ "data": [ … ], "meta": { … } }`, the shape of every list. */
export const pageOf = <S extends Schema.Top>(item: S) => Schema.Struct({ data: Schema.Array(item), meta: PageMeta })

/** The shape of every failure. */
export const ErrorBody = Schema.Struct({
  error: Schema.Struct({
    code: Schema.String,
    message: Schema.String,
    details: Schema.Array(Schema.Union([FieldError, Schema.Record(Schema.String, Schema.Unknown)])),
    request_id: Schema.String
  })
}).annotate({ identifier: "Error" })
