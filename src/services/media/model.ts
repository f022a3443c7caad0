import { Schema } from "effect"
import { Instant, uuid } from "../model.ts"
import { exampleOf, shape } from "../shape.ts"
import { maxVideoBytes } from "./limits.ts"

export const MediaStatus = Schema.Literals(["uploading", "processing", "ready", "failed"])
export type MediaStatus = typeof MediaStatus.Type

/** A picture is rendered for one of these: a product, or as the square that shows a person or a shop. */
export const Purpose = Schema.Literals(["product", "portrait"])
export type Purpose = typeof Purpose.Type

/** An upload, from its address to what is made of it. */
export const Media = shape(
  "Media",
  {
    id: Schema.String,
    kind: Schema.Literals(["image", "video"]),
    purpose: Schema.NullOr(Purpose).annotate({ description: "What a picture is for" }),
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
  },
  {
    id: "0199e0a4-aaaa-7000-8000-0000000000a0",
    kind: "video",
    purpose: null,
    status: "ready",
    progress: 100,
    error: null,
    content_type: "video/mp4",
    size: 4_200_000,
    width: 1080,
    height: 1920,
    duration_ms: 14_500,
    poster_url: "https://cdn.example.dz/videos/0199e0a4-aaaa-7000-8000-0000000000a0/poster-3f1c.jpg",
    renditions: [
      {
        name: "540p",
        url: "https://cdn.example.dz/videos/0199e0a4-aaaa-7000-8000-0000000000a0/540p-9b20.mp4",
        width: 540,
        height: 960
      }
    ],
    created_at: "2026-01-31T10:00:00.000Z",
    updated_at: "2026-01-31T10:00:09.000Z"
  }
)
export type Media = typeof Media.Type

const uploadTypes = [
  "video/mp4",
  "video/quicktime",
  "video/webm",
  "image/jpeg",
  "image/heic",
  "image/heif",
  "image/png",
  "image/webp",
  "image/avif"
] as const

const sizeMessage = `Expected a size in bytes, up to ${maxVideoBytes}`

export const RequestUpload = shape(
  "RequestUpload",
  {
    content_type: Schema.Literals(uploadTypes),
    size: Schema.Int.annotate({ message: sizeMessage }).check(
      Schema.isBetween({ minimum: 1, maximum: maxVideoBytes }, { message: sizeMessage })
    ),
    purpose: Schema.optionalKey(
      Purpose.annotate({
        description: "Of a picture alone: for a product, which is the default, or the portrait of a person or a shop"
      })
    )
  },
  { content_type: "video/mp4", size: 4_200_000 }
)
export type RequestUpload = typeof RequestUpload.Type

export const mediaId = uuid("Expected the id of an upload that was completed")

export const AttachPortrait = shape(
  "AttachPortrait",
  { media_id: mediaId },
  { media_id: "0199e0a4-aaaa-7000-8000-0000000000a0" }
)
export type AttachPortrait = typeof AttachPortrait.Type

/** Where and how to send the bytes. */
export const UploadRequest = shape(
  "UploadRequest",
  {
    media: Media,
    upload: Schema.Struct({
      method: Schema.Literal("PUT"),
      url: Schema.String,
      headers: Schema.Record(Schema.String, Schema.String).annotate({ description: "To be sent along, exactly" }),
      expires_at: Instant
    })
  },
  {
    media: { ...exampleOf(Media), status: "uploading", progress: 0, poster_url: null, renditions: [] },
    upload: {
      method: "PUT",
      url: "https://store.example.dz/uploads/0199e0a4-aaaa-7000-8000-0000000000a0/k3?signature=…",
      headers: { "content-type": "video/mp4", "content-length": "4200000" },
      expires_at: "2026-01-31T10:10:00.000Z"
    }
  }
)
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
