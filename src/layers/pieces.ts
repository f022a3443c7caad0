/**
 * Of how many pieces a picture's file is made. libvips keeps what each of them says, and looks through all for each: a
 * million that say nothing are gigabytes, or minutes. A camera's have a tenth of what is let in.
 */
import { type FileHandle, open } from "node:fs/promises"

export const maxPieces = 2000

/** Every piece of a file is looked at, and few of them are far apart. */
const block = 64 * 1024

export class TooManyPieces extends Error {
  override readonly name = "TooManyPieces"
}

/** Reads a file here and there, by blocks. */
export const reading = (file: FileHandle) => {
  let [start, held] = [0, Buffer.alloc(0)]
  /** As many bytes as there are from there, so many at most, or more. */
  return async (at: number, length: number) => {
    if (at < start || at + length > start + held.length) {
      const { buffer, bytesRead } = await file.read(
        Buffer.alloc(Math.max(block, length)),
        0,
        Math.max(block, length),
        at
      )
      start = at
      held = buffer.subarray(0, bytesRead)
    }
    return held.subarray(at - start)
  }
}
type Read = ReturnType<typeof reading>

const counter = () => {
  let count = 0
  return () => {
    if (++count > maxPieces) throw new TooManyPieces()
  }
}

const end = 0xd9

/** Others stand within a scan, or are what fills up the space before a marker. */
const isMarker = (byte = 0) => byte !== 0 && byte !== 1 && byte !== 0xff && (byte < 0xd0 || byte > 0xd7)

const markerFrom = async (read: Read, from: number, size: number) => {
  for (let at = from; at + 1 < size; ) {
    const bytes = await read(at, 2)
    for (let i = 0; i + 1 < bytes.length; i++) if (bytes[i] === 0xff && isMarker(bytes[i + 1])) return at + i
    at += bytes.length - 1
  }
  return size
}

const jpeg = async (read: Read, size: number) => {
  const count = counter()
  for (let at = await markerFrom(read, 2, size); at + 4 <= size; ) {
    const bytes = await read(at, 4)
    if (bytes[1] === end) return
    count()
    at = await markerFrom(read, at + 2 + bytes.readUInt16BE(2), size)
  }
}

const riff = 12
/** Of a frame, before the chunks inside it. */
const frame = 16

const webp = async (read: Read, size: number) => {
  const count = counter()
  for (let at = riff; at + 8 <= size; ) {
    const bytes = await read(at, 8)
    count()
    const length = bytes.readUInt32LE(4)
    at += 8 + (bytes.toString("latin1", 0, 4) === "ANMF" ? Math.min(frame, length) : length + (length % 2))
  }
}

const walks = { jpeg, webp }

/** Fails when there are too many. Whatever else is wrong with the file, others say. */
export const countPieces = async (path: string, format: keyof typeof walks) => {
  const file = await open(path)
  try {
    await walks[format](reading(file), (await file.stat()).size)
  } finally {
    await file.close()
  }
}
