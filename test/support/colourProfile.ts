/** A colour profile that is a program of many steps, all of them the same few bytes. */
import { crc32, deflateSync } from "node:zlib"

const latin = (text: string) => Buffer.from(text, "latin1")
const numbers = (bytes: 2 | 4, values: ReadonlyArray<number>) => {
  const buffer = Buffer.alloc(bytes * values.length)
  for (const [i, value] of values.entries()) buffer.writeUIntBE(value, bytes * i, bytes)
  return buffer
}
const u16 = (...values: ReadonlyArray<number>) => numbers(2, values)
const u32 = (...values: ReadonlyArray<number>) => numbers(4, values)
const f32 = (...values: ReadonlyArray<number>) => {
  const buffer = Buffer.alloc(4 * values.length)
  for (const [i, value] of values.entries()) buffer.writeFloatBE(value, 4 * i)
  return buffer
}

const fixed = (value: number) => Math.round(value * 65_536)
const xyz = (x: number, y: number, z: number) => Buffer.concat([latin("XYZ "), u32(0, fixed(x), fixed(y), fixed(z))])

const description = () => {
  const text = Buffer.from("x", "utf16le").swap16()
  return Buffer.concat([latin("mluc"), u32(0, 1, 12), latin("enUS"), u32(text.length, 28), text])
}

export const steppedProfile = (steps: number) => {
  const matrix = Buffer.concat([latin("matf"), u32(0), u16(3, 3), f32(1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0)])
  const at = 16 + 8 * steps
  const places = Buffer.concat(Array.from({ length: steps }, () => u32(at, matrix.length)))
  const program = Buffer.concat([latin("mpet"), u32(0), u16(3, 3), u32(steps), places, matrix])
  const curve = Buffer.concat([latin("curv"), u32(0, 0)])
  const tags: ReadonlyArray<readonly [string, Buffer]> = [
    ["desc", description()],
    ["cprt", description()],
    ["wtpt", xyz(0.9642, 1, 0.8249)],
    ["D2B0", program],
    ["rXYZ", xyz(0.43, 0.22, 0.01)],
    ["gXYZ", xyz(0.38, 0.71, 0.09)],
    ["bXYZ", xyz(0.14, 0.06, 0.71)],
    ["rTRC", curve],
    ["gTRC", curve],
    ["bTRC", curve]
  ]
  const [directory, bodies] = [[u32(tags.length)], [] as Buffer[]]
  let offset = 128 + 4 + 12 * tags.length
  for (const [name, bytes] of tags) {
    const padded = Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)])
    directory.push(latin(name), u32(offset, bytes.length))
    bodies.push(padded)
    offset += padded.length
  }
  const header = Buffer.alloc(128)
  header.writeUInt32BE(offset, 0)
  header.writeUInt32BE(0x04400000, 8)
  header.write("mntrRGB XYZ ", 12, "latin1")
  u16(2020, 1, 1, 0, 0, 0).copy(header, 24)
  header.write("acsp", 36, "latin1")
  u32(fixed(0.9642), fixed(1), fixed(0.8249)).copy(header, 68)
  return Buffer.concat([header, ...directory, ...bodies])
}

export const withProfile = {
  png: (picture: Buffer, profile: Buffer) => {
    const data = Buffer.concat([latin("iCCPx\0\0"), deflateSync(profile)])
    return Buffer.concat([picture.subarray(0, 33), u32(data.length - 4), data, u32(crc32(data)), picture.subarray(33)])
  },
  jpeg: (picture: Buffer, profile: Buffer) => {
    const count = Math.ceil(profile.length / 65_000)
    const parts = Array.from({ length: count }, (_, i) => {
      const part = profile.subarray(i * 65_000, (i + 1) * 65_000)
      return Buffer.concat([u16(0xffe2, part.length + 16), latin("ICC_PROFILE\0"), Buffer.from([i + 1, count]), part])
    })
    return Buffer.concat([picture.subarray(0, 2), ...parts, picture.subarray(2)])
  },
  /** Of one that has a profile. */
  webp: (picture: Buffer, profile: Buffer) => {
    const chunks: Array<Buffer> = []
    for (let at = 12; at < picture.length; ) {
      const [type, length] = [picture.toString("latin1", at, at + 4), picture.readUInt32LE(at + 4)]
      const data = type === "ICCP" ? profile : picture.subarray(at + 8, at + 8 + length)
      const head = Buffer.alloc(8)
      head.write(type, 0, "latin1")
      head.writeUInt32LE(data.length, 4)
      chunks.push(head, data, Buffer.alloc(data.length % 2))
      at += 8 + length + (length % 2)
    }
    const body = Buffer.concat(chunks)
    const head = Buffer.alloc(12)
    head.write("RIFF", 0, "latin1")
    head.writeUInt32LE(body.length + 4, 4)
    head.write("WEBP", 8, "latin1")
    return Buffer.concat([head, body])
  }
}
