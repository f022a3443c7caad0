import { assert, describe, it } from "@effect/vitest"
import sharp from "sharp"
import { sniff } from "../../../src/services/media/format.ts"
import { heic, html, jpeg, mp4, pdf, svg, zip } from "../../support/pictures.ts"

const bytes = (text: string) => Buffer.from(text, "latin1")

describe("what a file is by its first bytes", () => {
  it("tells the formats that are read", async () => {
    const picture = sharp(await jpeg(8, 8))
    for (const format of ["jpeg", "png", "webp", "avif"] as const) {
      assert.deepStrictEqual(sniff(await picture.clone().toFormat(format).toBuffer()), { format })
    }
  })

  it("tells a phone's HEIC", () => assert.deepStrictEqual(sniff(heic), { format: "heic" }))

  const others: ReadonlyArray<readonly [string, Uint8Array]> = [
    ["an SVG drawing", bytes(svg())],
    ["an SVG drawing", bytes(`\xef\xbb\xbf\n  <!-- a picture --><svg/>`)],
    ["an HTML page", bytes(html)],
    ["an XML document", bytes("<?xml version='1.0'?><x/>")],
    ["a PDF document", bytes(pdf)],
    ["a zip archive", zip],
    ["a compressed archive", bytes("\x1f\x8b\x08")],
    ["a GIF picture", bytes("GIF89a")],
    ["a TIFF picture", bytes("II*\0")],
    ["a TIFF picture", bytes("MM\0*")],
    ["a BMP picture", bytes("BM")],
    ["a video", mp4],
    ["empty", bytes("")],
    ["no picture that we know", bytes("hello")],
    ["no picture that we know", bytes("RIFF\0\0\0\0WAVE")],
    ["no picture that we know", bytes("\xff\xd8")]
  ]
  for (const [found, file] of others) {
    it(`says ${found} of ${JSON.stringify(Buffer.from(file).toString("latin1").slice(0, 12))}`, () =>
      assert.deepStrictEqual(sniff(file), { found }))
  }

  it("survives every beginning of every file", async () => {
    const files = [heic, mp4, zip, bytes(svg()), await jpeg(8, 8)]
    for (const file of files) for (let end = 0; end < Math.min(80, file.length); end++) sniff(file.subarray(0, end))
  })
})
