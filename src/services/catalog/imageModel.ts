import { Schema } from "effect"
import { mediaId } from "../media/model.ts"
import { shape } from "../shape.ts"

/** Positions count from 0. */
export const maxImages = 10

export const ProductImage = shape(
  "ProductImage",
  {
    id: Schema.String,
    image_url: Schema.String.annotate({ description: "At most 1080 pixels on the longest side" }),
    thumbnail_url: Schema.String.annotate({ description: "At most 400 pixels on the longest side" }),
    is_primary: Schema.Boolean.annotate({ description: "The one that lists show" }),
    display_order: Schema.Int
  },
  {
    id: "0199e0a4-bbbb-7000-8000-0000000000b0",
    image_url: "https://media.example.dz/images/0199e0a4-aaaa-7000-8000-0000000000a0/large-5d41402abc4b2a76.webp",
    thumbnail_url:
      "https://media.example.dz/images/0199e0a4-aaaa-7000-8000-0000000000a0/thumbnail-7d793037a0760186.webp",
    is_primary: true,
    display_order: 0
  }
)
export type ProductImage = typeof ProductImage.Type

export const wrongPlace = `Expected a place from 0 to ${maxImages - 1}`

const place = {
  display_order: Schema.optionalKey(
    Schema.Int.annotate({ message: "Expected a whole number" })
      .check(Schema.isBetween({ minimum: 0, maximum: maxImages - 1 }, { message: wrongPlace }))
      .annotate({ description: "Its place from 0; the others make room" })
  ),
  is_primary: Schema.optionalKey(Schema.Boolean)
}

export const UpdateProductImage = shape("UpdateProductImage", place, { display_order: 0, is_primary: true })
export type UpdateProductImage = typeof UpdateProductImage.Type

export const AttachImage = shape(
  "AttachImage",
  { media_id: mediaId, ...place },
  { media_id: "0199e0a4-aaaa-7000-8000-0000000000a0", is_primary: true }
)
export type AttachImage = typeof AttachImage.Type
