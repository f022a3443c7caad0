/**
 * What decoding a HEIC or AVIF picture (ISO 23008-12) takes, before a decoder sees it. Such a file says of its primary
 * item how large it is, and of which items it is made: a few kilobytes can name one huge tile a thousand times.
 */
import { open } from "node:fs/promises"
import { type Box, boxAt } from "./boxes.ts"
import { Refused } from "./failure.ts"
import { readAt } from "./readAt.ts"

// A phone's has a tenth of it: pictures themselves are in other boxes.
const maxMetaBytes = 1024 * 1024
const maxTopBoxes = 1000
// Boxes, and properties of items, which are read on the thread of everybody's requests: a phone's has a tenth of it.
const maxStatements = 20_000
// A picture is a grid of tiles, perhaps turned by another item, and so is its alpha.
const maxDepth = 6

export type HeifWork = {
  readonly width: number
  readonly height: number
  /** Of all that is decoded for it, each as often as it is named. */
  readonly pixels: number
}

/** Of an item, or of a part of what is said of it. */
type Property = {
  readonly width: number
  readonly height: number
  /** What kind of auxiliary picture it is; of several kinds the first counts, and here the worse. */
  readonly auxiliary: "alpha" | "other" | "none"
}

export const heifWork = async (path: string): Promise<HeifWork> => {
  const file = await open(path)
  try {
    const { size } = await file.stat()
    const metas: Array<Box> = []
    for (let at = 0, boxes = 0; at + 8 <= size; boxes++) {
      if (boxes === maxTopBoxes) throw new Refused("damaged")
      const box = boxAt(await readAt(file, at, 16), at, size)
      // A shorter form of the same, which nothing writes yet.
      if (box.type === "mini") throw new Refused("damaged")
      if (box.type === "meta") metas.push(box)
      at = box.end
    }
    const [meta] = metas
    // Of two, or of one that is cut off, a decoder might read the other.
    if (meta === undefined || metas.length > 1 || meta.end > size) throw new Refused("damaged")
    if (meta.end - meta.start > maxMetaBytes) throw new Refused("damaged")
    return workOf(await readAt(file, meta.start, meta.end - meta.start))
  } catch (cause) {
    // Numbers that are not there.
    throw cause instanceof RangeError ? new Refused("damaged", { cause }) : cause
  } finally {
    await file.close()
  }
}

const workOf = (meta: Buffer): HeifWork => {
  let statements = 0
  const tick: Tick = () => {
    if (++statements > maxStatements) throw new Refused("damaged")
  }
  const boxes = boxesIn(meta.subarray(4), tick)
  const only = (type: string) => onlyOne(boxes, type) ?? Buffer.alloc(0)
  const primary = primaryItem(only("pitm"))
  const iprp = boxesIn(only("iprp"), tick)
  const properties = boxesIn(onlyOne(iprp, "ipco") ?? Buffer.alloc(0), tick).map(propertyOf)
  const tables = iprp.filter(({ type }) => type === "ipma").map(({ inside }) => inside)
  const ofItems = propertiesOfItems(tables, properties, tick)
  const { parts, auxiliaries } = references(only("iref"), tick)

  const sizeOf = (item: number) => {
    const { width, height } = ofItems.get(item) ?? nothing
    if (width * height === 0) throw new Refused("damaged")
    return { width, height }
  }
  const mayBeAlpha = (item: number) => ofItems.get(item)?.auxiliary !== "other"

  type Work = { readonly pixels: number; readonly depth: number }
  const counted = new Map<number, Work | "begun">()
  const count = (item: number, above: number): Work => {
    const before = counted.get(item)
    if (before === "begun" || above > maxDepth) throw new Refused("damaged")
    if (before !== undefined) return before
    counted.set(item, "begun")
    const { width, height } = sizeOf(item)
    const alphas = (auxiliaries.get(item) ?? []).filter(mayBeAlpha)
    let [pixels, depth] = [width * height, 0]
    for (const part of [...(parts.get(item) ?? []), ...alphas]) {
      const of = count(part, above + 1)
      pixels += of.pixels
      depth = Math.max(depth, of.depth)
    }
    if (above + depth > maxDepth) throw new Refused("damaged")
    const work = { pixels, depth: depth + 1 }
    counted.set(item, work)
    return work
  }
  return { ...sizeOf(primary), pixels: count(primary, 0).pixels }
}

type Inside = { readonly type: string; readonly inside: Buffer }

/** Counts what is read. */
type Tick = () => void

const boxesIn = (bytes: Buffer, tick: Tick): ReadonlyArray<Inside> => {
  const boxes: Array<Inside> = []
  for (let at = 0; at + 8 <= bytes.length; ) {
    tick()
    const { type, start, end } = boxAt(bytes.subarray(at, at + 16), at, bytes.length)
    if (end > bytes.length) throw new Refused("damaged")
    boxes.push({ type, inside: bytes.subarray(start, end) })
    at = end
  }
  return boxes
}

const onlyOne = (boxes: ReadonlyArray<Inside>, type: string) => {
  const [found, another] = boxes.filter((box) => box.type === type)
  if (another !== undefined) throw new Refused("damaged")
  return found?.inside
}

const primaryItem = (pitm: Buffer) => (pitm.readUInt8(0) === 0 ? pitm.readUInt16BE(4) : pitm.readUInt32BE(4))

// The only auxiliary pictures that are decoded with the one that they belong to.
const alpha: ReadonlySet<string> = new Set([
  "urn:mpeg:mpegB:cicp:systems:auxiliary:alpha",
  "urn:mpeg:hevc:2015:auxid:1",
  "urn:mpeg:avc:2015:auxid:1"
])

const nothing: Property = { width: 0, height: 0, auxiliary: "none" }

const propertyOf = ({ type, inside }: Inside): Property => {
  if (type === "ispe") return { ...nothing, width: inside.readUInt32BE(4), height: inside.readUInt32BE(8) }
  if (type !== "auxC") return nothing
  const name = inside.toString("latin1", 4)
  return { ...nothing, auxiliary: alpha.has(name.slice(0, `${name}\0`.indexOf("\0"))) ? "alpha" : "other" }
}

/** The worse of both. */
const both = (a: Property, b: Property): Property => {
  const { width, height } = a.width * a.height > b.width * b.height ? a : b
  const kinds = [a.auxiliary, b.auxiliary]
  const auxiliary = (["alpha", "other"] as const).find((kind) => kinds.includes(kind)) ?? "none"
  return { width, height, auxiliary }
}

const propertiesOfItems = (tables: ReadonlyArray<Buffer>, properties: ReadonlyArray<Property>, tick: Tick) => {
  const found = new Map<number, Property>()
  for (const table of tables) {
    const isWide = table.readUInt8(0) > 0
    const isLong = (table.readUInt8(3) & 1) === 1
    const entries = table.readUInt32BE(4)
    let at = 8
    for (let entry = 0; entry < entries; entry++) {
      tick()
      const item = isWide ? table.readUInt32BE(at) : table.readUInt16BE(at)
      at += isWide ? 4 : 2
      let known = found.get(item) ?? nothing
      for (let left = table.readUInt8(at++); left > 0; left--) {
        tick()
        const index = isLong ? table.readUInt16BE(at) & 0x7fff : table.readUInt8(at) & 0x7f
        at += isLong ? 2 : 1
        known = both(known, properties[index - 1] ?? nothing)
      }
      found.set(item, known)
    }
  }
  return found
}

/** Of which items an item is made, and which are auxiliary to it. */
const references = (iref: Buffer, tick: Tick) => {
  const [parts, auxiliaries] = [new Map<number, Array<number>>(), new Map<number, Array<number>>()]
  const add = (to: Map<number, Array<number>>, item: number, other: number) => {
    const others = to.get(item)
    if (others === undefined) to.set(item, [other])
    else others.push(other)
  }
  if (iref.length === 0) return { parts, auxiliaries }
  const isWide = iref.readUInt8(0) > 0
  const width = isWide ? 4 : 2
  for (const { type, inside } of boxesIn(iref.subarray(4), tick)) {
    // Of others the count alone is a claim without end.
    if (type !== "dimg" && type !== "auxl") continue
    const idAt = (at: number) => (isWide ? inside.readUInt32BE(at) : inside.readUInt16BE(at))
    const from = idAt(0)
    for (let left = inside.readUInt16BE(width), at = width + 2; left > 0; left--, at += width) {
      if (type === "dimg") add(parts, from, idAt(at))
      else add(auxiliaries, idAt(at), from)
    }
  }
  return { parts, auxiliaries }
}
