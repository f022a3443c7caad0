import { Schema } from "effect"

/** One field at fault, as clients read it in `error.details`. */
export const FieldError = Schema.Struct({ field: Schema.String, message: Schema.String })
export type FieldError = typeof FieldError.Type

/** A value that is well-formed but cannot be accepted; the fields at fault are named. */
export class ValidationFailed extends Schema.TaggedError<ValidationFailed>()(
  "ValidationFailed",
  { details: Schema.Array(FieldError) },
  { httpApiStatus: 422 }
) {
  override get message() {
    return "Some fields are not valid."
  }
}

export const invalidField = (field: string, message: string) => new ValidationFailed({ details: [{ field, message }] })

/** The caller is known and may not do this. */
export class Forbidden extends Schema.TaggedError<Forbidden>()(
  "Forbidden",
  { reason: Schema.String },
  { httpApiStatus: 403 }
) {
  override get message() {
    return this.reason
  }
}

/** Something that the answer depends on cannot be reached; `retry_after` is in seconds. */
export class Unavailable extends Schema.TaggedError<Unavailable>()(
  "Unavailable",
  { retry_after: Schema.Int },
  { httpApiStatus: 503 }
) {
  override get message() {
    return "The service cannot answer now. Try again."
  }
}
