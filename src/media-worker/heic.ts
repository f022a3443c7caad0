/** HEIC pictures, as phones take them: decoded by libheif, whose code is WebAssembly and reaches nothing but its own memory. */
import { readFile, writeFile } from "node:fs/promises"
import { crc32, deflateSync } from "node:zlib"
import { Refused } from "./failure.ts"
import { colourProfile } from "./isoBmff.ts"
import type { PictureTask } from "./protocol.ts"

/** Writes it as a PNG, upright, of at most so many pixels on its longest side, with its colour profile. */
export const convertHeic = async ({ file, output, longest }: PictureTask) => {
  const bytes = await readFile(file)
  const { default: load } = await import("libheif-js/libheif-wasm/libheif-bundle.mjs")
  const heif = load()
  const context = heif.heif_context_alloc()
  const { code } = heif.heif_context_read_from_memory(context, bytes)
  if (code !== heif.heif_error_code.heif_error_Ok) throw new Refused("damaged")
  const handle = heif.heif_js_context_get_primary_image_handle(context)
  if ("code" in handle) throw new Refused("damaged")
  const hasAlpha = heif.heif_image_handle_has_alpha_channel(handle) !== 0
  const { heif_colorspace_RGB } = heif.heif_colorspace
  const { heif_chroma_interleaved_RGBA } = heif.heif_chroma
  const decoded = await heif.heif_js_decode_image2(handle, heif_colorspace_RGB, heif_chroma_interleaved_RGBA)
  if (decoded.code !== undefined) throw new Refused("damaged")
  const [pixels] = decoded.channels
  if (pixels === undefined) throw new Refused("damaged")
  const { default: sharp } = await import("sharp")
  const raw = { width: pixels.stride / 4, height: pixels.height, channels: 4 } as const
  const image = sharp(pixels.data, { raw, limitInputPixels: false })
    .extract({ left: 0, top: 0, width: pixels.width, height: pixels.height })
    .resize({ width: longest, height: longest, fit: "inside", withoutEnlargement: true })
  const png = await (hasAlpha ? image : image.removeAlpha()).png({ compressionLevel: 1 }).toBuffer()
  await writeFile(output, withProfile(png, colourProfile(bytes)))
}

// The signature and the header, after which a profile has to come.
const headLength = 33

const withProfile = (png: Buffer, profile: Buffer | undefined) => {
  if (profile === undefined) return png
  const body = Buffer.concat([Buffer.from("iCCPprofile\0\0", "latin1"), deflateSync(profile)])
  const chunk = Buffer.alloc(body.length + 8)
  chunk.writeUInt32BE(body.length - 4, 0)
  body.copy(chunk, 4)
  chunk.writeUInt32BE(crc32(body), body.length + 4)
  return Buffer.concat([png.subarray(0, headLength), chunk, png.subarray(headLength)])
}
