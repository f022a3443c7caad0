import { byUser, hours, type Limit, minutes } from "../limits.ts"
import type { ImageFormat } from "./format.ts"

/** What may be uploaded. Sizes are in bytes, and a megabyte is a million of them. */
export const megabyte = 1_000_000

/** A phone's picture of 108 megapixels has 20 to 40 of them. */
export const maxImageBytes = 40 * megabyte
/**
 * A JPEG is shrunk while it is decoded; phones' "108 megapixels" are up to 12,032 × 9024. Others are decoded whole, HEIC
 * and AVIF in a process of their own. Cameras write HEIC, and nothing that takes pictures writes AVIF.
 */
export const maxMegapixels = { jpeg: 109, heic: 50, png: 40, webp: 30, avif: 16 } satisfies Record<ImageFormat, number>
/** Of what is held of a picture until it is decoded, whatever its pixels: those of 16 bits take twice as much. */
export const maxHeldBytes = 150 * megabyte
/** Of one user, under way or waiting behind others' first ones: what an app sends of a new product at once. */
export const maxPicturesAtOnce = 6

/** Of one user, on their way through this server. */
export const maxUploadsAtOnce = 6

export const maxVideoBytes = 100 * megabyte
export const maxVideoSeconds = 90
/** Of either side, in pixels. */
export const maxVideoSide = 4096

/** Whatever its kind, and wherever it goes. */
export const maxUploadBytes = Math.max(maxImageBytes, maxVideoBytes)
/** For how long an upload's address takes it, to its last byte. */
export const uploadSeconds = 600
/** Nothing comes to it any more, and who sent something has said so. */
export const uploadIsOverSeconds = uploadSeconds + 60
/** Of one user, that nothing uses yet. */
export const maxUnusedUploads = 20

/** A shop with a thousand pictures is filled in two hours. */
export const limits: ReadonlyArray<Limit> = [
  { name: "uploads", limit: 600, window: 1 * hours, counts: "requests", key: byUser },
  // Each may bring as much as an upload may have before it is looked at.
  { name: "addresses", limit: 60, window: 10 * minutes, counts: "requests", key: byUser },
  { name: "completions", limit: 600, window: 1 * hours, counts: "requests", key: byUser }
]

/** `10 MB` */
export const megabytes = (bytes: number) => `${bytes / megabyte} MB`
