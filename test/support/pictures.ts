/** Pictures, and what pretends to be one. */
import { crc32, deflateSync } from "node:zlib"
import sharp from "sharp"

type Colour = { readonly r: number; readonly g: number; readonly b: number }
const red: Colour = { r: 220, g: 20, b: 20 }

/** Something with noise, so that encoders have work. */
export const photo = (width: number, height: number) =>
  sharp({
    create: { width, height, channels: 3, background: "#808080", noise: { type: "gaussian", mean: 128, sigma: 20 } }
  })

/** As a camera writes it. The noise of so many pixels would take seconds to make. */
export const large = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: red } }).jpeg({ quality: 70 })

export const jpeg = (width: number, height: number, background: Colour = red) =>
  sharp({ create: { width, height, channels: 3, background } })
    .jpeg()
    .toBuffer()

/** Left half red, right half blue; the top left corner is green: which way is up can be seen. */
export const marked = (width: number, height: number) => {
  const part = (w: number, h: number, background: string, left: number, top: number) => ({
    input: { create: { width: w, height: h, channels: 3 as const, background } },
    left,
    top
  })
  return sharp({ create: { width, height, channels: 3, background: "#ff0000" } }).composite([
    part(width / 2, height, "#0000ff", width / 2, 0),
    part(width / 4, height / 4, "#00ff00", 0, 0)
  ])
}

export const chunk = (type: string, data: Uint8Array) => {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data])
  const framed = Buffer.alloc(body.length + 8)
  framed.writeUInt32BE(data.length, 0)
  body.copy(framed, 4)
  framed.writeUInt32BE(crc32(body), body.length + 4)
  return framed
}

/** What a chunk says in so many bytes, which are few on the wire. */
export const deflated = (bytes: number) => deflateSync(Buffer.alloc(bytes, "A"), { level: 9 })

/** A PNG of one colour with these chunks in front of its pixels. */
export const chunkedPng = async (chunks: ReadonlyArray<Uint8Array>) => {
  const whole = await sharp({ create: { width: 10, height: 10, channels: 3, background: red } })
    .png()
    .toBuffer()
  const pixels = whole.indexOf("IDAT", 0, "latin1") - 4
  return Buffer.concat([whole.subarray(0, pixels), ...chunks, whole.subarray(pixels)])
}

/** A PNG of zeros: a few kilobytes on the wire, `width × height` pixels once decoded. One bit a pixel. */
export const pngBomb = (width: number, height: number) => {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([1, 0, 0, 0, 0], 8)
  const rows = Buffer.alloc((Math.ceil(width / 8) + 1) * height)
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(rows, { level: 9 })),
    chunk("IEND", Buffer.alloc(0))
  ])
}

export const svg = (href = "") =>
  `<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"
    width="400" height="400"><script>alert(1)</script><image width="400" height="400" xlink:href="${href}"/></svg>`

export const html = "<!doctype html><html><body><script>alert(1)</script></body></html>"

/** A zip of nothing: its end of central directory, after a local header's signature. */
export const zip = Buffer.concat([
  Buffer.from("PK\x03\x04", "latin1"),
  Buffer.alloc(26),
  Buffer.from("PK\x05\x06", "latin1"),
  Buffer.alloc(18)
])

export const pdf = "%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"

const ftyp = (...brands: ReadonlyArray<string>) => {
  const box = Buffer.alloc(12 + 4 * brands.length)
  box.writeUInt32BE(box.length, 0)
  box.write(`ftyp${brands[0]}`, 4, "latin1")
  for (const [i, brand] of brands.slice(1).entries()) box.write(brand, 16 + 4 * i, "latin1")
  return box
}

/** The first box of a phone's HEIC picture and of an MP4 video, and nothing behind it. */
export const heic = Buffer.concat([ftyp("heic", "mif1", "heic"), Buffer.alloc(64)])
export const mp4 = Buffer.concat([ftyp("isom", "iso2", "mp41"), Buffer.alloc(64)])
