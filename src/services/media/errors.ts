import { Schema } from "effect"

const accepted = "Send a JPEG, PNG, WebP or AVIF picture."
const atFile = (message: string) => [{ field: "file", message }]

/** Decided by content: neither the name nor the declared type of a file counts. */
export class ImageFormatUnsupported extends Schema.TaggedError<ImageFormatUnsupported>()(
  "ImageFormatUnsupported",
  { found: Schema.String },
  { httpApiStatus: 415 }
) {
  override get message() {
    return `This file is ${this.found}. ${accepted}`
  }
  get details() {
    return atFile(this.message)
  }
}

/** It begins as a picture of a format that we read, and does not go on as one. */
export class ImageUnreadable extends Schema.TaggedError<ImageUnreadable>()(
  "ImageUnreadable",
  { reason: Schema.Literals(["damaged", "slow"]) },
  { httpApiStatus: 422 }
) {
  override get message() {
    return this.reason === "slow"
      ? "This picture takes too long to read. Save it anew, or smaller."
      : "This picture is damaged or incomplete, and cannot be read."
  }
  get details() {
    return atFile(this.message)
  }
}

export class ImageTooLarge extends Schema.TaggedError<ImageTooLarge>()(
  "ImageTooLarge",
  { width: Schema.Int, height: Schema.Int, max_megapixels: Schema.Int },
  { httpApiStatus: 422 }
) {
  override get message() {
    const { width, height, max_megapixels } = this
    return `This picture is ${width} × ${height} pixels; ${max_megapixels} megapixels are the most that is read.`
  }
  get details() {
    return atFile(this.message)
  }
}

export class FileTooLarge extends Schema.TaggedError<FileTooLarge>()(
  "FileTooLarge",
  { max_megabytes: Schema.Int },
  { httpApiStatus: 413 }
) {
  override get message() {
    return `This file is larger than ${this.max_megabytes} MB.`
  }
  get details() {
    return atFile(this.message)
  }
}

/** The body is not what its header says, or ended before its time. */
export class UploadMalformed extends Schema.TaggedError<UploadMalformed>()(
  "UploadMalformed",
  {},
  { httpApiStatus: 400 }
) {
  override get message() {
    return "The body is not complete multipart/form-data."
  }
}
