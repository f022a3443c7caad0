/** Bodies with a file in them, and why one is refused. */
import { Schema } from "effect"
import { HttpApiSchema } from "effect/http-api"
import { Unavailable, ValidationFailed } from "../../services/errors.ts"
import {
  FileTooLarge,
  ImageFormatUnsupported,
  ImageTooLarge,
  ImageUnreadable,
  UploadMalformed
} from "../../services/media/errors.ts"
import {
  maxImageBytes,
  maxMegapixels,
  maxPicturesAtOnce,
  maxVideoBytes,
  maxVideoSeconds,
  megabytes
} from "../../services/media/limits.ts"
import { shown } from "../../services/shape.ts"

/** `maxBody`: read to its end and refused up to here; what is longer is cut off. */
const fileOf = (description: string, example: string, maxBody: "64 MiB" | "160 MiB") =>
  shown(Schema.Struct({ file: Schema.String.annotate({ format: "binary", description }) }), { file: example }).pipe(
    HttpApiSchema.asMultipartStream({
      maxParts: 10,
      maxFieldSize: "64 KiB",
      maxFileSize: maxBody,
      maxTotalSize: maxBody
    })
  )

const byContent = "its content decides, not its name"

export const picture = fileOf(
  `A JPEG, HEIC, PNG, WebP or AVIF picture, up to ${megabytes(maxImageBytes)} and ${maxMegapixels.png} megapixels (JPEG ${maxMegapixels.jpeg}, HEIC ${maxMegapixels.heic}, WebP ${maxMegapixels.webp}, AVIF ${maxMegapixels.avif}; fewer if each pixel takes much), ${maxPicturesAtOnce} of a user at a time; ${byContent}`,
  "@photo.jpg",
  "64 MiB"
)

export const video = fileOf(
  `An MP4, MOV or WebM video, up to ${megabytes(maxVideoBytes)} and ${maxVideoSeconds} seconds; ${byContent}`,
  "@video.mp4",
  "160 MiB"
)

/** Of a picture that is there. */
export const pictureRefusals = [
  ImageFormatUnsupported,
  ImageTooLarge,
  ImageUnreadable,
  ValidationFailed,
  Unavailable
] as const

/** Of one that is sent. */
export const sentPictureRefusals = [FileTooLarge, UploadMalformed, ...pictureRefusals] as const
