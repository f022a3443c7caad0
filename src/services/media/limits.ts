import { byUser, hours, type Limit } from "../limits.ts"

/** What may be uploaded. Sizes are in bytes, and a megabyte is a million of them. */
export const megabyte = 1_000_000

export const maxImageBytes = 10 * megabyte
export const maxMegapixels = 40

export const maxVideoBytes = 100 * megabyte
export const maxVideoSeconds = 90
/** Of either side, in pixels. */
export const maxVideoSide = 4096

/** Whatever its kind, and wherever it goes. */
export const maxUploadBytes = Math.max(maxImageBytes, maxVideoBytes)
/** For how long an upload's address takes it. */
export const uploadSeconds = 600
/** Of one user, that nothing uses yet. */
export const maxUnusedUploads = 20

/** A shop with a thousand pictures is filled in two hours. */
export const limits: ReadonlyArray<Limit> = [
  { name: "uploads", limit: 600, window: 1 * hours, counts: "requests", key: byUser },
  { name: "completions", limit: 600, window: 1 * hours, counts: "requests", key: byUser }
]

/** `10 MB` */
export const megabytes = (bytes: number) => `${bytes / megabyte} MB`
