/** PNG says things in compressed chunks of which a few kilobytes are gigabytes once they are read, before any pixel is. */
import { createReadStream, createWriteStream } from "node:fs"
import { type FileHandle, open } from "node:fs/promises"
import { pipeline } from "node:stream/promises"
import { promisify } from "node:util"
import { inflate } from "node:zlib"
import { maxProfileBytes } from "./colourProfile.ts"
import { maxPieces, reading, TooManyPieces } from "./pieces.ts"

/** Of the picture, and of none other is anything shown: texts, thumbnails and animations are left out. */
const shown = new Set(["IHDR", "PLTE", "IDAT", "IEND", "tRNS", "gAMA", "cHRM", "sRGB", "cICP", "sBIT", "pHYs", "eXIf"])

const signature = 8
/** Length and type in front, a sum behind. */
const around = 12
/** Of the picture itself; an encoder makes one of every 8 kB. */
const maxParts = 20_000
type Range = { readonly start: number; readonly end: number }

/** A name, a zero, the method, and what is compressed. */
const isProfile = async (data: Buffer) => {
  const name = data.indexOf(0)
  if (name < 0) return false
  return promisify(inflate)(data.subarray(name + 2), { maxOutputLength: maxProfileBytes }).then(
    () => true,
    () => false
  )
}

/** The file's chunks of the picture; one that is cut off is the last. */
const chunksOf = async (file: FileHandle, size: number) => {
  const ranges: Array<Range> = [{ start: 0, end: signature }]
  const read = reading(file)
  let [profiles, parts, others] = [0, 0, 0]
  for (let start = signature; start + 8 <= size; ) {
    const head = await read(start, 8)
    const length = head.readUInt32BE(0)
    const type = head.toString("latin1", 4, 8)
    if ((type === "IDAT" ? ++parts / maxParts : ++others / maxPieces) > 1) throw new TooManyPieces()
    const end = Math.min(size, start + length + around)
    // The first counts, and no other is even inflated.
    const mayBeProfile = type === "iCCP" && profiles++ === 0 && length <= maxProfileBytes
    const isShown =
      shown.has(type) || (mayBeProfile && (await isProfile((await read(start + 8, length)).subarray(0, length))))
    const last = ranges.at(-1)
    if (isShown && last?.end === start) ranges[ranges.length - 1] = { start: last.start, end }
    else if (isShown) ranges.push({ start, end })
    start = end
  }
  return ranges
}

/** Writes the PNG at `path` to `to` without what is not of the picture. Says where it is now: there, if nothing was left out. */
export const plainPng = async (path: string, to: string) => {
  const file = await open(path)
  try {
    const { size } = await file.stat()
    const ranges = await chunksOf(file, size)
    if (ranges.length === 1 && ranges[0]?.end === size) return path
    await pipeline(async function* () {
      for (const { start, end } of ranges) yield* createReadStream(path, { start, end: end - 1 })
    }, createWriteStream(to))
    return to
  } finally {
    await file.close()
  }
}
