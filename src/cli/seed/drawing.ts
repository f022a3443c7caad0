/** Simple pictures for the demo shop, drawn pixel by pixel: they need no fonts and no files. */
import { crc32, deflateSync } from "node:zlib"

const side = 400

type Rgb = readonly [number, number, number]

/** A colour of the wheel; lightness from 0 to 1. */
const colour = (degrees: number, saturation: number, lightness: number): Rgb => {
  const channel = (offset: number) => {
    const k = (offset + degrees / 30) % 12
    const a = saturation * Math.min(lightness, 1 - lightness)
    return Math.round(255 * (lightness - a * Math.max(-1, Math.min(k - 3, 9 - k, 1))))
  }
  return [channel(0), channel(8), channel(4)]
}

/** How far a point is outside of a shape, in parts of the picture: negative within. */
const shapes: ReadonlyArray<(x: number, y: number) => number> = [
  (x, y) => Math.hypot(x, y) - 0.3,
  (x, y) => Math.abs(x) + Math.abs(y) - 0.36,
  (x, y) => Math.hypot(Math.max(Math.abs(x) - 0.18, 0), Math.max(Math.abs(y) - 0.18, 0)) - 0.1,
  (x, y) => Math.abs(Math.hypot(x, y) - 0.26) - 0.07,
  (x, y) => Math.hypot(x, y) - 0.24 - 0.07 * Math.cos(5 * Math.atan2(y, x)),
  (x, y) => Math.max(Math.abs(x) * 0.87 + y * 0.5, -y) - 0.2,
  (x, y) => Math.hypot(Math.max(Math.abs(x) - 0.24, 0), y) - 0.11,
  (x, y) => Math.min(Math.hypot(x + 0.13, y) - 0.19, Math.hypot(x - 0.13, y) - 0.19)
]

const mix = (a: number, b: number, t: number) => Math.round(a + (b - a) * t)

const pixels = (number: number) => {
  const hue = (number * 137.5) % 360
  const [from, to, light] = [colour(hue, 0.55, 0.72), colour(hue + 40, 0.6, 0.45), colour(hue + 20, 0.5, 0.95)]
  const distance = shapes[number % shapes.length] ?? (() => 1)
  const bytes = Buffer.alloc((side * 3 + 1) * side)
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const [x, y] = [column / side - 0.5, row / side - 0.5]
      const along = (x + y + 1) / 2
      // An edge of two pixels, so that it is smooth.
      const within = Math.min(1, Math.max(0, 0.5 - (distance(x, y) * side) / 2))
      const at = row * (side * 3 + 1) + 1 + column * 3
      for (let i = 0; i < 3; i++)
        bytes[at + i] = mix(mix(from[i] ?? 0, to[i] ?? 0, along), light[i] ?? 0, within * 0.85)
    }
  }
  return bytes
}

const chunk = (type: string, data: Uint8Array) => {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data])
  const framed = Buffer.alloc(body.length + 8)
  framed.writeUInt32BE(data.length, 0)
  body.copy(framed, 4)
  framed.writeUInt32BE(crc32(body), body.length + 4)
  return framed
}

/** A PNG, the same for the same number: a gradient, and a shape on it. */
export const drawing = (number: number): Uint8Array => {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(side, 0)
  header.writeUInt32BE(side, 4)
  // Eight bits a channel, red, green and blue.
  header.set([8, 2, 0, 0, 0], 8)
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(pixels(number), { level: 1 })),
    chunk("IEND", Buffer.alloc(0))
  ])
}
