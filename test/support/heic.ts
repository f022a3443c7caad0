/** HEIC and AVIF pictures (ISO 23008-12) around pictures that are really encoded: one, or a grid of them as phones write it. */
import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Demuxer } from "node-av/api"
import sharp from "sharp"
import { makeClip } from "./clips.ts"

export type Heic = {
  /** Of a tile, when there are several. */
  readonly width: number
  readonly height: number
  readonly columns?: number
  readonly rows?: number
  /** Quarters by which it is turned, anticlockwise. */
  readonly turns?: 0 | 1 | 2 | 3
  readonly profile?: Uint8Array
  readonly filter?: string
  /** What the file says of its sides, against the truth. */
  readonly claims?: readonly [width: number, height: number]
  /** What it says of a tile's. */
  readonly tileClaims?: readonly [width: number, height: number]
  /** Items that the first one is made of, when not of the tiles 2, 3, 4, … */
  readonly parts?: ReadonlyArray<number>
  /** Boxes beside that which says so. */
  readonly references?: ReadonlyArray<Uint8Array>
}

type Encoded = {
  readonly brand: string
  readonly type: string
  readonly configuration: Uint8Array
  readonly data: Uint8Array
}

const u8 = (...values: ReadonlyArray<number>) => Buffer.from(values)
export const u16 = (...values: ReadonlyArray<number>) =>
  Buffer.concat(values.map((value) => u8(value >> 8, value & 255)))
const u32 = (...values: ReadonlyArray<number>) =>
  Buffer.concat(values.map((value) => u16(Math.floor(value / 65_536), value & 65_535)))
const text = (value: string) => Buffer.from(value, "latin1")

export const box = (type: string, ...parts: ReadonlyArray<Uint8Array>) => {
  const inside = Buffer.concat(parts)
  return Buffer.concat([u32(inside.length + 8), text(type), inside])
}
const full = (type: string, version: number, flags: number, ...parts: ReadonlyArray<Uint8Array>) =>
  box(type, u32(version * 2 ** 24 + flags), ...parts)

/** What x265 makes of the picture of a clip: its configuration, and its data. */
const hevc = async ({ width, height, filter }: Heic): Promise<Encoded> => {
  const directory = await mkdtemp(join(tmpdir(), "zst-heic-"))
  try {
    const file = join(directory, "clip.mp4")
    const clip = { width, height, seconds: 1, fps: 1, codec: "hevc", sound: false } as const
    await makeClip(file, filter === undefined ? clip : { ...clip, filter })
    const bytes = await readFile(file)
    const at = bytes.indexOf("hvcC", 0, "latin1")
    const configuration = box("hvcC", bytes.subarray(at + 4, at - 4 + bytes.readUInt32BE(at - 4)))
    await using demuxer = await Demuxer.open(file)
    for await (using packet of demuxer.packets()) {
      if (packet?.data != null) return { brand: "heic", type: "hvc1", configuration, data: Buffer.from(packet.data) }
    }
    throw new Error("nothing was encoded")
  } finally {
    await rm(directory, { recursive: true })
  }
}

/** The same of what libaom makes of an even picture. */
const av1 = async ({ width, height }: Heic): Promise<Encoded> => {
  const picture = sharp({ create: { width, height, channels: 3, background: "#448866" } })
  const bytes = await picture.avif({ quality: 30, effort: 0 }).toBuffer()
  const at = bytes.indexOf("av1C", 0, "latin1")
  const configuration = bytes.subarray(at - 4, at - 4 + bytes.readUInt32BE(at - 4))
  return { brand: "avif", type: "av01", configuration, data: bytes.subarray(bytes.lastIndexOf("mdat") + 4) }
}

export const makeHeic = async (heic: Heic) => fileOf(heic, await hevc(heic))
export const makeAvif = async (avif: Heic) => fileOf(avif, await av1(avif))

const fileOf = (heic: Heic, { brand, type: codec, configuration, data }: Encoded) => {
  const { width, height, columns = 1, rows = 1, turns = 0, profile, claims } = heic
  const [wide, high] = claims ?? [width * columns, height * rows]
  const isGrid = columns * rows > 1
  const tiles = Array.from({ length: columns * rows }, (_, i) => i + 2)
  const parts = heic.parts ?? tiles
  const grid = Buffer.concat([u8(0, 1, rows - 1, columns - 1), u32(wide, high)])
  const primary = isGrid ? grid : data

  // Properties by number: 1 the codec's, 2 a tile's size, 3 the size of all, 4 the turn, 5 the profile.
  const properties = box(
    "ipco",
    configuration,
    full("ispe", 0, 0, u32(...(heic.tileClaims ?? [width, height]))),
    full("ispe", 0, 0, u32(wide, high)),
    box("irot", u8(turns)),
    ...(profile === undefined ? [] : [box("colr", text("prof"), profile)])
  )
  const ofPrimary = [...(isGrid ? [] : [0x81]), 3, 0x84, ...(profile === undefined ? [] : [5])]
  const associations = [
    Buffer.concat([u16(1), u8(ofPrimary.length, ...ofPrimary)]),
    ...(isGrid ? tiles.map((id) => Buffer.concat([u16(id), u8(2, 0x81, 2)])) : [])
  ]
  const items = [
    full("infe", 2, 0, u16(1, 0), text(isGrid ? "grid" : codec), u8(0)),
    ...(isGrid ? tiles.map((id) => full("infe", 2, 1, u16(id, 0), text(codec), u8(0))) : [])
  ]
  const ids = isGrid ? [1, ...tiles] : [1]
  const type = box("ftyp", text(brand), u32(0), text(`mif1${brand}`))
  const meta = (begins: number) =>
    full(
      "meta",
      0,
      0,
      full("hdlr", 0, 0, u32(0), text("pict"), u32(0, 0, 0), u8(0)),
      full("pitm", 0, 0, u16(1)),
      full("iinf", 0, 0, u16(items.length), ...items),
      ...(isGrid ? [full("iref", 0, 0, box("dimg", u16(1, parts.length, ...parts)), ...(heic.references ?? []))] : []),
      box("iprp", properties, full("ipma", 0, 0, u32(associations.length), ...associations)),
      full(
        "iloc",
        0,
        0,
        u8(0x44, 0),
        u16(ids.length),
        ...ids.map((id) => {
          const [at, length] = id === 1 ? [begins, primary.length] : [begins + primary.length, data.length]
          return Buffer.concat([u16(id, 0, 1), u32(at, length)])
        })
      )
    )
  const begins = type.length + meta(0).length + 8
  return Buffer.concat([type, meta(begins), box("mdat", primary, ...(isGrid ? [data] : []))])
}
