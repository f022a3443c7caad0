/** What a file is by its first bytes. Its name and its declared type are the sender's word, and count for nothing. */

export type ImageFormat = "jpeg" | "png" | "webp" | "avif" | "heic"

export type Sniffed =
  | { readonly format: ImageFormat }
  /** What it is instead, as a message says it. */
  | { readonly found: string }

/** How many of the first bytes are looked at. */
export const headLength = 1024

type Signature = { readonly at?: number; readonly bytes: string }

const begins = (head: string, { at = 0, bytes }: Signature) => head.startsWith(bytes, at)

const read: ReadonlyArray<readonly [ImageFormat, ReadonlyArray<Signature>]> = [
  ["jpeg", [{ bytes: "\xff\xd8\xff" }]],
  ["png", [{ bytes: "\x89PNG\r\n\x1a\n" }]],
  ["webp", [{ bytes: "RIFF" }, { at: 8, bytes: "WEBP" }]]
]

const refused: ReadonlyArray<readonly [found: string, Signature]> = [
  ["a GIF picture", { bytes: "GIF8" }],
  ["a TIFF picture", { bytes: "II*\0" }],
  ["a TIFF picture", { bytes: "MM\0*" }],
  ["a TIFF picture", { bytes: "II+\0" }],
  ["a TIFF picture", { bytes: "MM\0+" }],
  ["a BMP picture", { bytes: "BM" }],
  ["a JPEG XL picture", { bytes: "\xff\x0a" }],
  ["a JPEG XL picture", { at: 4, bytes: "JXL " }],
  ["a JPEG 2000 picture", { at: 4, bytes: "jP  " }],
  ["a Photoshop file", { bytes: "8BPS" }],
  ["a PDF document", { bytes: "%PDF-" }],
  ["a PostScript file", { bytes: "%!PS" }],
  ["a zip archive", { bytes: "PK" }],
  ["a compressed archive", { bytes: "\x1f\x8b" }],
  ["a program", { bytes: "\x7fELF" }],
  ["a program", { bytes: "MZ" }],
  ["a video", { bytes: "\x1a\x45\xdf\xa3" }]
]

/** What the first box of an MP4 or MOV may be: QuickTime's first version, which cameras still write, has no `ftyp`. */
export const isoBeginnings: ReadonlySet<string> = new Set(["ftyp", "wide", "free", "skip", "mdat", "moov", "pnot"])

const brands = { avif: ["avif", "avis"], heic: ["heic", "heix", "heim", "heis", "hevc", "hevx"] }

/** A file of the ISO base media format names what it is in its first box, `ftyp`: a brand, a version, more brands. */
const ofBrands = (head: string, length: number): Sniffed => {
  const names = [8, ...Array.from({ length: Math.max(0, Math.floor((length - 16) / 4)) }, (_, i) => 16 + 4 * i)]
    .map((at) => head.slice(at, at + 4))
    .filter((name) => name.length === 4)
  if (names.some((name) => brands.avif.includes(name))) return { format: "avif" }
  return names.some((name) => brands.heic.includes(name)) ? { format: "heic" } : { found: "a video" }
}

const ofMarkup = (head: string): Sniffed | undefined => {
  const text = head
    .replace(/^(\xef\xbb\xbf|\xff\xfe|\xfe\xff)/, "")
    .replaceAll("\0", "")
    .trimStart()
  if (!text.startsWith("<")) return undefined
  if (/<svg[\s>:/]/i.test(text)) return { found: "an SVG drawing" }
  return { found: /<(!doctype html|html|head|body|script)\b/i.test(text) ? "an HTML page" : "an XML document" }
}

export const sniff = (bytes: Uint8Array): Sniffed => {
  const head = Buffer.from(bytes.subarray(0, headLength)).toString("latin1")
  if (head === "") return { found: "empty" }
  if (begins(head, { at: 4, bytes: "ftyp" })) {
    return ofBrands(head, new DataView(bytes.buffer, bytes.byteOffset).getUint32(0))
  }
  const format = read.find(([, signatures]) => signatures.every((signature) => begins(head, signature)))
  if (format !== undefined) return { format: format[0] }
  const found = refused.find(([, signature]) => begins(head, signature))
  if (found !== undefined) return { found: found[0] }
  return ofMarkup(head) ?? { found: "no picture that we know" }
}
