/** Pictures by sharp (libvips), which is loaded when the first one comes: it costs no start and no resting memory. */
import { mkdtemp, open, readFile, rm, writeFile } from "node:fs/promises"
import { availableParallelism, tmpdir } from "node:os"
import { join } from "node:path"
import { Effect, Layer, Semaphore } from "effect"
import type { Sharp, SharpOptions } from "sharp"
import { ImageFormatUnsupported, ImageTooLarge, ImageUnreadable } from "../services/media/errors.ts"
import { headLength, type ImageFormat, sniff } from "../services/media/format.ts"
import { type ImageSource, Images, type RenderedImage, type Rendition } from "../services/media/Images.ts"
import { maxMegapixels, maxProgressiveMegapixels } from "../services/media/limits.ts"
import { queueUp } from "./queueUp.ts"
import { heicConverter } from "./videos/heic.ts"
import type { WorkerOptions } from "./videos/worker.ts"

/** For one picture, once it has its turn, in seconds. */
const timeLimit = 15

/** Of pictures that are worked on at the same time. One that has more of them than this is shrunk while it is decoded. */
const maxPixels = 40_000_000

const load = async () => {
  const { default: sharp } = await import("sharp")
  sharp.cache(false)
  // One thread a picture: several pictures are worked on side by side.
  sharp.concurrency(1)
  // Whatever a file claims to be, no other code of libvips reads it.
  sharp.block({ operation: ["VipsForeignLoad"] })
  sharp.unblock({
    operation: ["VipsForeignLoadJpeg", "VipsForeignLoadPng", "VipsForeignLoadWebp", "VipsForeignLoadHeif"]
  })
  return sharp
}

let loaded: ReturnType<typeof load> | undefined
const library = Effect.promise(() => {
  loaded ??= load()
  return loaded
})
type Library = Effect.Success<typeof library>

const headOf = (source: ImageSource) =>
  Effect.promise(async () => {
    if ("bytes" in source) return source.bytes.subarray(0, headLength)
    const file = await open(source.path)
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(headLength), 0, headLength, 0)
      return buffer.subarray(0, bytesRead)
    } finally {
      await file.close()
    }
  })

type Readable = Exclude<ImageFormat, "heic">

/** sharp's own names of what we read. */
const formats: Record<Readable, string> = { jpeg: "jpeg", png: "png", webp: "webp", avif: "heif" }

/** Strict from a truncated file on; warnings are for metadata, which cameras get wrong and we leave out. */
const options: SharpOptions = { failOn: "error", animated: false, limitInputPixels: maxMegapixels.jpeg * 1_000_000 }

const opened = (sharp: Library, source: ImageSource, more: SharpOptions = {}) =>
  sharp("bytes" in source ? source.bytes : source.path, { ...options, ...more })

/** Uninterruptible: native work goes on whoever left, so its turn must not end before it does. */
const native = <A>(work: () => Promise<A>) =>
  Effect.uninterruptible(
    Effect.tryPromise({
      try: work,
      catch: (error) =>
        new ImageUnreadable({ reason: String(error).includes("timeout") ? ("slow" as const) : ("damaged" as const) })
    })
  )

const recognised = Effect.fnUntraced(function* (source: ImageSource) {
  const sniffed = sniff(yield* headOf(source))
  if ("found" in sniffed) return yield* new ImageFormatUnsupported({ found: sniffed.found })
  return sniffed.format
})

/** What the header claims, before anything is decoded. */
const examined = Effect.fnUntraced(function* (sharp: Library, source: ImageSource, format: Readable) {
  const header = yield* native(() => opened(sharp, source, { limitInputPixels: false }).metadata())
  const { width, height, orientation = 1, isProgressive = false } = header
  if (header.format !== formats[format]) return yield* new ImageUnreadable({ reason: "damaged" })
  const isJpeg = format === "jpeg"
  const max_megapixels = isJpeg && isProgressive ? maxProgressiveMegapixels : maxMegapixels[format]
  if (width * height > max_megapixels * 1_000_000) return yield* new ImageTooLarge({ width, height, max_megapixels })
  return { pixels: width * height, orientation, mayLackItsEnd: isJpeg && !isProgressive }
})

/** A JPEG's mark of its end; bytes that would decode to something, in front of it. */
const mark = Buffer.from("ffd9", "hex")
const filler = Buffer.concat([Buffer.alloc(64, 0x5a), mark])

type Pixels = {
  readonly data: Buffer
  readonly width: number
  readonly height: number
  readonly channels: 1 | 2 | 3 | 4
}

const pixelsOf = (image: Sharp) =>
  native(async (): Promise<Pixels> => {
    const { data, info } = await image.raw({ depth: "uchar" }).toBuffer({ resolveWithObject: true })
    return { data, width: info.width, height: info.height, channels: info.channels }
  })

const ofPixels = (sharp: Library, { data, ...raw }: Pixels) => sharp(data, { raw })

/**
 * Decoded once, as large as the largest rendition. It is turned upright afterwards: libvips would hold the whole picture
 * to do that before, and this way it holds a few lines of most.
 */
const decoded = Effect.fnUntraced(function* (
  sharp: Library,
  source: ImageSource,
  longest: number,
  { orientation, mayLackItsEnd }: Effect.Success<ReturnType<typeof examined>>
) {
  const lyingOf = (image: Sharp) =>
    pixelsOf(
      image
        .timeout({ seconds: timeLimit })
        .resize({ width: longest, height: longest, fit: "inside", withoutEnlargement: true })
        .toColourspace("srgb")
    )
  const lying = yield* Effect.catch(lyingOf(opened(sharp, source)), (error) =>
    mayLackItsEnd && error.reason === "damaged" ? withoutItsEnd(sharp, source, lyingOf) : error
  )
  if (orientation <= 1 || orientation > 8) return lying
  const turned = orientation > 4 ? yield* pixelsOf(ofPixels(sharp, lying).rotate(quarterTurns[orientation])) : lying
  const image = ofPixels(sharp, turned)
  if (orientation === 3) return yield* pixelsOf(image.flip().flop())
  if (orientation === 2 || orientation === 5 || orientation === 7) return yield* pixelsOf(image.flop())
  return orientation === 4 ? yield* pixelsOf(image.flip()) : turned
})

/**
 * A transfer that broke off at the very end took only the mark of it along. All pixels are there when nothing that
 * stands behind what has come shows in the picture: libjpeg's warning alone is missed where it is about the last lines.
 */
const withoutItsEnd = Effect.fnUntraced(function* (
  sharp: Library,
  source: ImageSource,
  pixelsIn: (image: Sharp) => Effect.Effect<Pixels, ImageUnreadable>
) {
  const begun = "bytes" in source ? source.bytes : yield* Effect.promise(() => readFile(source.path))
  const endingWith = (end: Buffer, failOn: "warning" | "truncated") =>
    pixelsIn(opened(sharp, { bytes: Buffer.concat([begun, end]) }, { failOn }))
  const pixels = yield* endingWith(mark, "warning")
  const filled = yield* endingWith(filler, "truncated")
  return pixels.data.equals(filled.data) ? pixels : yield* new ImageUnreadable({ reason: "damaged" })
})

/** EXIF's orientations on their side: clockwise, before 5 and 7 are mirrored. */
const quarterTurns: Record<number, number> = { 5: 90, 6: 90, 7: 270, 8: 270 }

const encoded = Effect.fnUntraced(function* (sharp: Library, pixels: Pixels, rendition: Rendition) {
  const { name, longest, square = false, quality, effort } = rendition
  const side = Math.min(longest, square ? Math.min(pixels.width, pixels.height) : Math.max(pixels.width, pixels.height))
  const { data, info } = yield* native(() =>
    ofPixels(sharp, pixels)
      .resize({ width: side, height: side, fit: square ? "cover" : "inside" })
      .webp({ quality, effort })
      .toBuffer({ resolveWithObject: true })
  )
  return { name, bytes: data, width: info.width, height: info.height } satisfies RenderedImage
})

// Native work shares four threads with files, compression and the like: it must not have them all.
const parallel = Math.min(3, availableParallelism() + 1)

/** A picture that libvips reads in place of one that it does not, until the scope closes. */
const converting = Effect.fnUntraced(function* (options: WorkerOptions) {
  const convert = yield* heicConverter(options)
  const directories = Effect.acquireRelease(
    Effect.promise(() => mkdtemp(join(tmpdir(), `zst-heic-${process.pid}-`))),
    (directory) => Effect.promise(() => rm(directory, { recursive: true, force: true }))
  )
  return Effect.fnUntraced(function* (source: ImageSource, longest: number) {
    const directory = yield* directories
    const path = join(directory, "picture.png")
    const sent = "path" in source ? source.path : join(directory, "picture.heic")
    if ("bytes" in source) yield* Effect.promise(() => writeFile(sent, source.bytes))
    yield* convert(sent, path, longest)
    return { path } satisfies ImageSource
  })
})

export const layerWith = (options: WorkerOptions) =>
  Layer.effect(
    Images,
    Effect.gen(function* () {
      // In pixels: a few pictures, so that no processor waits, or one of the largest.
      const turns = yield* Semaphore.make(maxPixels)
      const convert = yield* converting(options)

      const render = Effect.fn("Images.render")(function* (source: ImageSource, renditions: ReadonlyArray<Rendition>) {
        const sharp = yield* library
        const sent = yield* recognised(source)
        const longest = Math.max(...renditions.map((rendition) => rendition.longest))
        const readable = sent === "heic" ? yield* convert(source, longest) : source
        const header = yield* examined(sharp, readable, sent === "heic" ? "png" : sent)
        const work = Effect.flatMap(decoded(sharp, readable, longest, header), (upright) =>
          Effect.forEach(renditions, (rendition) => encoded(sharp, upright, rendition))
        )
        return yield* queueUp(turns, shareOf(header.pixels), work)
      }, Effect.scoped)

      return Images.of({ render })
    })
  )

const shareOf = (pixels: number) => Math.min(maxPixels, Math.max(pixels, Math.floor(maxPixels / parallel)))

export const layer = layerWith({})
