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

const file = (description: string) => Schema.String.annotate({ format: "binary", description })

/** What is longer than `maxBody` is cut off; up to there a body that is refused is read to its end. */
const sentAsForm = (maxBody: "64 MiB" | "160 MiB") =>
  HttpApiSchema.asMultipartStream({
    maxParts: 10,
    maxFieldSize: "64 KiB",
    maxFileSize: maxBody,
    maxTotalSize: maxBody
  })

const byContent = "its content decides, not its name"

const pictureFile = file(
  `A JPEG, HEIC, PNG, WebP or AVIF picture, up to ${megabytes(maxImageBytes)} and ${maxMegapixels.png} megapixels (JPEG ${maxMegapixels.jpeg}, HEIC ${maxMegapixels.heic}, WebP ${maxMegapixels.webp}, AVIF ${maxMegapixels.avif}; fewer if each pixel takes much), ${maxPicturesAtOnce} of a user at a time; ${byContent}`
)
const aPicture = { file: "@photo.jpg" }

export const picture = shown(Schema.Struct({ file: pictureFile }), aPicture).pipe(sentAsForm("64 MiB"))

export const productPicture = shown(
  Schema.Struct({
    file: pictureFile,
    is_primary: Schema.optionalKey(Schema.Literals(["true", "false"])),
    display_order: Schema.optionalKey(Schema.String.annotate({ description: "Its place from 0; the others make room" }))
  }),
  aPicture
).pipe(sentAsForm("64 MiB"))

const videoFile = file(
  `An MP4, MOV or WebM video, up to ${megabytes(maxVideoBytes)} and ${maxVideoSeconds} seconds; ${byContent}`
)

export const video = shown(Schema.Struct({ file: videoFile }), { file: "@video.mp4" }).pipe(sentAsForm("160 MiB"))

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
