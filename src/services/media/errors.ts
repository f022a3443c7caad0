import { Schema } from "effect"
import { maxUnusedUploads, maxVideoBytes, maxVideoSeconds, maxVideoSide, megabytes } from "./limits.ts"

const accepted = "Send a JPEG, HEIC, PNG, WebP or AVIF picture."
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

const whyUnreadable = {
  damaged: "This picture is damaged or incomplete, and cannot be read.",
  slow: "This picture takes too long to read. Save it anew, or smaller.",
  crashed: "Reading this picture stopped unexpectedly. Try again."
}

/** It begins as a picture of a format that we read, and does not go on as one. */
export class ImageUnreadable extends Schema.TaggedError<ImageUnreadable>()(
  "ImageUnreadable",
  { reason: Schema.Literals(["damaged", "slow", "crashed"]) },
  { httpApiStatus: 422 }
) {
  override get message() {
    return whyUnreadable[this.reason]
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
    return `This picture is ${width} × ${height} pixels; ${max_megapixels} megapixels are the most that is read of its kind.`
  }
  get details() {
    return atFile(this.message)
  }
}

export class FileTooLarge extends Schema.TaggedError<FileTooLarge>()(
  "FileTooLarge",
  { max_bytes: Schema.Int },
  { httpApiStatus: 413 }
) {
  override get message() {
    return `This file is larger than ${megabytes(this.max_bytes)}.`
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

export class MediaNotFound extends Schema.TaggedError<MediaNotFound>()("MediaNotFound", {}, { httpApiStatus: 404 }) {
  override get message() {
    return "This upload does not exist."
  }
}

/** Something shows it. */
export class MediaInUse extends Schema.TaggedError<MediaInUse>()("MediaInUse", {}, { httpApiStatus: 409 }) {
  override get message() {
    return "This is still shown somewhere: take it away there first."
  }
}

export class TooManyUploads extends Schema.TaggedError<TooManyUploads>()("TooManyUploads", {}, { httpApiStatus: 409 }) {
  override get message() {
    return `You have ${maxUnusedUploads} uploads that nothing uses: use or delete some of them first.`
  }
}

/** Nothing was sent to the upload's address yet. */
export class UploadMissing extends Schema.TaggedError<UploadMissing>()("UploadMissing", {}, { httpApiStatus: 409 }) {
  override get message() {
    return "Nothing has arrived at this upload's address yet."
  }
}

/** Another request completes it at this moment. */
export class UploadUnderWay extends Schema.TaggedError<UploadUnderWay>()(
  "UploadUnderWay",
  { retry_after: Schema.Int },
  { httpApiStatus: 409 }
) {
  override get message() {
    return "This upload is being completed: ask again in a moment."
  }
}

/** Why there is no result. All but the last three lie in the file: trying again changes nothing. */
export const VideoFailure = Schema.Literals([
  "not_a_video",
  "unsupported",
  "too_long",
  "too_big",
  "too_many_pixels",
  "no_picture",
  "damaged",
  "took_too_long",
  "too_much_memory",
  "crashed"
])
export type VideoFailure = typeof VideoFailure.Type

/** What its owner is told. */
const videoFailureMessage: Readonly<Record<VideoFailure, string>> = {
  not_a_video: "This is not a video: MP4, MOV and WebM are taken.",
  unsupported: "This kind of video cannot be handled: send MP4 (H.264 and AAC) instead.",
  too_long: `A video may last ${maxVideoSeconds} seconds at most.`,
  too_big: `A video may have ${megabytes(maxVideoBytes)} at most.`,
  too_many_pixels: `A video may be ${maxVideoSide} pixels wide and high at most.`,
  no_picture: "There is no picture in this file.",
  damaged: "The file is damaged or not complete.",
  took_too_long: "Processing the video took too long.",
  too_much_memory: "Processing the video needed too much memory.",
  crashed: "Processing the video stopped unexpectedly."
}

/** The fault may lie with this machine, at this moment: what was sent may do better. */
const mayDoBetter: ReadonlySet<VideoFailure | ImageUnreadable["reason"]> = new Set([
  "took_too_long",
  "too_much_memory",
  "crashed",
  "slow"
])

/** Sent again, the same file would be refused again. */
export const liesInTheFile = (refused: VideoFailed | ImageUnreadable | ImageFormatUnsupported | ImageTooLarge) =>
  !("reason" in refused && mayDoBetter.has(refused.reason))

export class VideoFailed extends Schema.TaggedError<VideoFailed>()(
  "VideoFailed",
  { reason: VideoFailure, message: Schema.String },
  { httpApiStatus: 422 }
) {
  static because(reason: VideoFailure) {
    return new VideoFailed({ reason, message: videoFailureMessage[reason] })
  }
}
