import { Schema } from "effect"
import { FieldError } from "../errors.ts"

/** The address was not given out by us, or was changed since. */
export class UploadNotAllowed extends Schema.TaggedError<UploadNotAllowed>()(
  "UploadNotAllowed",
  {},
  { httpApiStatus: 403 }
) {
  override get message() {
    return "This address was not given out for an upload, or was changed since."
  }
}

export class UploadExpired extends Schema.TaggedError<UploadExpired>()("UploadExpired", {}, { httpApiStatus: 403 }) {
  override get message() {
    return "The time for this upload is over. Ask for a new address."
  }
}

export class UploadLengthRequired extends Schema.TaggedError<UploadLengthRequired>()(
  "UploadLengthRequired",
  { details: Schema.Array(FieldError) },
  { httpApiStatus: 411 }
) {
  override get message() {
    return "Say how long the upload is, in Content-Length."
  }
}

export class UploadTooLarge extends Schema.TaggedError<UploadTooLarge>()(
  "UploadTooLarge",
  { details: Schema.Array(FieldError) },
  { httpApiStatus: 413 }
) {
  override get message() {
    return "The upload is larger than what its address allows."
  }
}

/** Not the bytes, or not the type, that the address was asked for. */
export class UploadMismatch extends Schema.TaggedError<UploadMismatch>()(
  "UploadMismatch",
  { details: Schema.Array(FieldError) },
  { httpApiStatus: 422 }
) {
  override get message() {
    return "The upload is not what its address allows."
  }
}

export class UploadCutOff extends Schema.TaggedError<UploadCutOff>()("UploadCutOff", {}, { httpApiStatus: 400 }) {
  override get message() {
    return "The upload ended before it was complete."
  }
}
