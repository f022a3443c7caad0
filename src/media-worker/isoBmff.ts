/** MP4 and MOV (ISO 14496-12): complete, with its index, and without a word of other files. */
import type { FileHandle } from "node:fs/promises"
import { type Box, boxAt } from "./boxes.ts"
import { Refused } from "./failure.ts"
import { readAt } from "./readAt.ts"

// An hour's index of both tracks has less.
const maxIndexBytes = 16 * 1024 * 1024
const maxBoxes = 20_000
/** A recorder leaves one, and what it had begun before. */
const maxIndexes = 64
/** Heads on the outside are read in blocks: a fragment for every frame makes many small boxes. */
const blockBytes = 32 * 1024
/** With what the first of its own begins with. */
const headBytes = 24
// Those that are looked into are three deep.
const maxDepth = 8

export const checkIsoBmff = async (file: FileHandle, size: number) => {
  const seen = new Set<string>()
  const headAt = headsOf(file)
  const count = { boxes: 0 }
  let [indexes, indexBytes] = [0, 0]
  for (let at = 0; at < size; ) {
    const complete = seen.has("moov") && (seen.has("mdat") || seen.has("moof"))
    if (++count.boxes > maxBoxes) throw new Refused("damaged")
    const head = await headAt(at)
    let box: Box
    try {
      box = boxAt(head, at, size)
    } catch (cause) {
      // Some cameras leave a few bytes behind the last box; with more FFmpeg takes some wrong sizes for the file's end.
      if (complete && size - at < 16) return
      throw cause
    }
    if (box.end > size && !(complete && box.type !== "mdat" && box.type !== "moof")) throw new Refused("damaged")
    const isIndex = box.type === "moov" || isHiddenIndex(box, head.subarray(box.start - at))
    if (isIndex || ofIndexes.has(box.type)) {
      // Which of several FFmpeg reads depends on the others.
      const from = isIndex ? box.start : at
      indexBytes += box.end - from
      if (++indexes > maxIndexes || indexBytes > maxIndexBytes) throw new Refused("damaged")
      checkInside(await readAt(file, from, box.end - from), count, 0)
    }
    seen.add(isIndex ? "moov" : box.type)
    at = box.end
  }
  if (seen.has("moov")) return
  throw new Refused(seen.has("meta") ? "not_a_video" : "damaged")
}

const headsOf = (file: FileHandle) => {
  const buffer = Buffer.alloc(blockBytes)
  let [from, length] = [0, 0]
  return async (at: number) => {
    if (at + headBytes > from + length) {
      from = at
      length = (await file.read(buffer, 0, blockBytes, at)).bytesRead
    }
    return buffer.subarray(at - from, Math.min(at - from + headBytes, length))
  }
}

/** What a recorder that never ended leaves of an index, which FFmpeg takes for one by what it begins with. */
const isHiddenIndex = ({ type }: Box, inside: Buffer) =>
  (type === "hoov" || type === "free") && ["mvhd", "cmov"].includes(inside.toString("latin1", 4, 8))

const containers = new Set(["trak", "mdia", "minf", "dinf"])

/** Read by FFmpeg wherever they are. */
const ofIndexes = new Set([...containers, "dref", "cmov", "rmra"])

const checkInside = (bytes: Buffer, count: { boxes: number }, depth: number) => {
  if (depth > maxDepth) throw new Refused("damaged")
  for (let at = 0; at + 8 <= bytes.length; ) {
    if (++count.boxes > maxBoxes) throw new Refused("damaged")
    const box = boxAt(bytes.subarray(at, at + 16), at, bytes.length)
    if (box.end > bytes.length) throw new Refused("damaged")
    // An index that is compressed, or in another file.
    if (box.type === "cmov" || box.type === "rmra") throw new Refused("unsupported")
    const inside = bytes.subarray(box.start, box.end)
    if (containers.has(box.type)) checkInside(inside, count, depth + 1)
    if (box.type === "dref") checkReferences(inside, count)
    at = box.end
  }
}

/** Every entry must say (flag 1) that the data is in this file. */
const checkReferences = (dref: Buffer, count: { boxes: number }) => {
  for (let at = 8; at + 12 <= dref.length; ) {
    if (++count.boxes > maxBoxes) throw new Refused("damaged")
    const box = boxAt(dref.subarray(at, at + 16), at, dref.length)
    if (box.end > dref.length || box.end - box.start < 4) throw new Refused("damaged")
    if ((dref.readUInt32BE(box.start) & 1) === 0) throw new Refused("unsupported")
    at = box.end
  }
}

/** The ICC profile of a picture in this format (ISO 23008-12): in phones' files one for all that they hold. */
export const colourProfile = (file: Buffer): Buffer | undefined => {
  const colour = within(file, ["meta", "iprp", "ipco", "colr"])
  const profile = colour?.subarray(4)
  const isProfile = profile !== undefined && profile.length >= 128 && profile.readUInt32BE(0) === profile.length
  return isProfile && profile.toString("latin1", 36, 40) === "acsp" ? profile : undefined
}

const within = (bytes: Buffer, [type, ...path]: ReadonlyArray<string>): Buffer | undefined => {
  if (type === undefined) return bytes.toString("latin1", 0, 4) === "prof" ? bytes : undefined
  for (let at = 0; at + 8 <= bytes.length; ) {
    const box = boxAt(bytes.subarray(at, at + 16), at, bytes.length)
    if (box.end > bytes.length) return undefined
    const found =
      box.type === type ? within(bytes.subarray(box.start + (type === "meta" ? 4 : 0), box.end), path) : undefined
    if (found !== undefined) return found
    at = box.end
  }
  return undefined
}
