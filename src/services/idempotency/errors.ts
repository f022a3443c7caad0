import { Schema } from "effect"
import type { FieldError } from "../errors.ts"

const field = "Idempotency-Key"

export class IdempotencyKeyInvalid extends Schema.TaggedError<IdempotencyKeyInvalid>()(
  "IdempotencyKeyInvalid",
  {},
  { httpApiStatus: 400 }
) {
  readonly details: ReadonlyArray<FieldError> = [
    { field, message: "Expected 1 to 255 visible ASCII characters, such as a UUID" }
  ]
  override get message() {
    return "The Idempotency-Key is not valid."
  }
}

/** The key belongs to a request with another body. */
export class IdempotencyKeyReused extends Schema.TaggedError<IdempotencyKeyReused>()(
  "IdempotencyKeyReused",
  {},
  { httpApiStatus: 422 }
) {
  readonly details: ReadonlyArray<FieldError> = [{ field, message: "Send a new key with a new request" }]
  override get message() {
    return "This Idempotency-Key was sent with another request."
  }
}

/** The first request with this key is still being answered. */
export class RequestInProgress extends Schema.TaggedError<RequestInProgress>()(
  "RequestInProgress",
  {},
  { httpApiStatus: 409 }
) {
  /** In seconds. */
  readonly retry_after = 1
  override get message() {
    return "A request with this Idempotency-Key is being answered. Try again in a moment."
  }
}
