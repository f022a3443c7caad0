/** PNG says things in compressed chunks of which a few kilobytes are gigabytes once they are read, before any pixel is. */
import { createReadStream, createWriteStream } from "node:fs"
import { type FileHandle, open } from "node:fs/promises"
import { pipeline } from "node:stream/promises"
import { promisify } from "node:util"
import { inflate } from "node:zlib"

/** Of the picture, and of none other is anything shown: texts, thumbnails and animations are left out. */
const shown = new Set(["IHDR", "PLTE", "IDAT", "IEND", "tRNS", "gAMA", "cHRM", "sRGB", "cICP", "sBIT", "pHYs", "eXIf"])

const signature = 8
/** Length and type in front, a sum behind. */
const around = 12
const maxChunks = 100_000
/** Of a colour profile; those that cameras and screens have are a tenth of it. */
const maxProfileBytes = 4_000_000

type Range = { readonly start: number; readonly end: number }

const readAt = async (file: FileHandle, at: number, length: number) => {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, at)
  return buffer.subarray(0, bytesRead)
}

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
  let profiles = 0
  for (let start = signature, count = 0; start + 8 <= size; count++) {
    if (count === maxChunks) throw new Error("A PNG of too many chunks")
    const head = await readAt(file, start, 8)
    const length = head.readUInt32BE(0)
    const type = head.toString("latin1", 4, 8)
    const end = Math.min(size, start + length + around)
    // The first counts, and no other is even inflated.
    const mayBeProfile = type === "iCCP" && profiles++ === 0 && length <= maxProfileBytes
    const isShown = shown.has(type) || (mayBeProfile && (await isProfile(await readAt(file, start + 8, length))))
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
