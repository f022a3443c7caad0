import { Schema } from "effect"
import { Instant } from "../model.ts"
import { maxVideoBytes } from "./videoLimits.ts"

export const MediaStatus = Schema.Literals(["uploading", "processing", "ready", "failed"])
export type MediaStatus = typeof MediaStatus.Type

/** An upload, from its address to what is made of it. */
export const Media = Schema.Struct({
  id: Schema.String,
  kind: Schema.Literals(["image", "video"]),
  status: MediaStatus,
  progress: Schema.Int.annotate({ description: "Per cent of the processing, 100 when it is ready" }),
  error: Schema.NullOr(Schema.String).annotate({ description: "Why it failed" }),
  content_type: Schema.NullOr(Schema.String),
  size: Schema.NullOr(Schema.Int).annotate({ description: "Bytes of what was uploaded" }),
  width: Schema.NullOr(Schema.Int),
  height: Schema.NullOr(Schema.Int),
  duration_ms: Schema.NullOr(Schema.Int),
  poster_url: Schema.NullOr(Schema.String),
  renditions: Schema.Array(
    Schema.Struct({ name: Schema.String, url: Schema.String, width: Schema.Int, height: Schema.Int })
  ),
  created_at: Instant,
  updated_at: Instant
}).annotate({ identifier: "Media" })
export type Media = typeof Media.Type

export const uploadTypes = [
  "video/mp4",
  "video/quicktime",
  "video/webm",
  "image/jpeg",
  "image/png",
  "image/webp",
  "image/avif"
] as const

const sizeMessage = `Expected a size in bytes, up to ${maxVideoBytes}`

export const RequestUpload = Schema.Struct({
  content_type: Schema.Literals(uploadTypes),
  size: Schema.Int.annotate({ message: sizeMessage }).check(
    Schema.isBetween({ minimum: 1, maximum: maxVideoBytes }, { message: sizeMessage })
  )
}).annotate({ identifier: "RequestUpload" })
export type RequestUpload = typeof RequestUpload.Type

/** A picture that waits at its upload's address. */
export const AddUploadedImage = Schema.Struct({
  upload_id: Schema.String.check(Schema.isUUID(undefined, { message: "Expected the id of an upload" }))
}).annotate({ identifier: "AddUploadedImage" })

/** Where and how to send the bytes. */
export const UploadRequest = Schema.Struct({
  media: Media,
  upload: Schema.Struct({
    method: Schema.Literal("PUT"),
    url: Schema.String,
    headers: Schema.Record(Schema.String, Schema.String).annotate({ description: "To be sent along, exactly" }),
    expires_at: Instant
  })
}).annotate({ identifier: "UploadRequest" })
export type UploadRequest = typeof UploadRequest.Type

/** What is kept of an object that was made of an upload. */
export const StoredRendition = Schema.Struct({
  name: Schema.String,
  key: Schema.String,
  width: Schema.Int,
  height: Schema.Int,
  content_type: Schema.String,
  size: Schema.Int
})
export type StoredRendition = typeof StoredRendition.Type

export const encodeRenditions = Schema.encodeSync(Schema.fromJsonString(Schema.Array(StoredRendition)))
