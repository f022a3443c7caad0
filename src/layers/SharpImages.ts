/** Pictures by sharp (libvips), which is loaded when the first one comes: it costs no start and no resting memory. */
import { open } from "node:fs/promises"
import { availableParallelism } from "node:os"
import { Effect, Layer, Option, Semaphore } from "effect"
import type { Sharp, SharpOptions } from "sharp"
import { Unavailable } from "../services/errors.ts"
import { ImageFormatUnsupported, ImageTooLarge, ImageUnreadable } from "../services/media/errors.ts"
import { headLength, type ImageFormat, sniff } from "../services/media/format.ts"
import { type ImageSource, Images, type RenderedImage, type Rendition } from "../services/media/Images.ts"
import { maxMegapixels } from "../services/media/limits.ts"

/** For one picture, once it has its turn; how long it may wait for it. In seconds. */
const timeLimit = 15
const waitLimit = 25

const maxPixels = maxMegapixels * 1_000_000

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

/** sharp's own names of what we read. */
const formats: Record<ImageFormat, string> = { jpeg: "jpeg", png: "png", webp: "webp", avif: "heif" }

/** Strict from a truncated file on; warnings are for metadata, which cameras get wrong and we leave out. */
const options: SharpOptions = { failOn: "error", animated: false, limitInputPixels: maxPixels }

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

/** What the header claims, before anything is decoded. */
const examined = Effect.fnUntraced(function* (sharp: Library, source: ImageSource) {
  const sniffed = sniff(yield* headOf(source))
  if ("found" in sniffed) return yield* new ImageFormatUnsupported({ found: sniffed.found })
  const header = yield* native(() => opened(sharp, source, { limitInputPixels: false }).metadata())
  const { width, height, format, orientation = 1 } = header
  if (format !== formats[sniffed.format]) return yield* new ImageUnreadable({ reason: "damaged" })
  if (width * height > maxPixels) return yield* new ImageTooLarge({ width, height })
  return { pixels: width * height, orientation }
})

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
  orientation: number
) {
  const lying = yield* pixelsOf(
    opened(sharp, source)
      .timeout({ seconds: timeLimit })
      .resize({ width: longest, height: longest, fit: "inside", withoutEnlargement: true })
      .toColourspace("srgb")
  )
  if (orientation <= 1 || orientation > 8) return lying
  const turned = orientation > 4 ? yield* pixelsOf(ofPixels(sharp, lying).rotate(quarterTurns[orientation])) : lying
  const image = ofPixels(sharp, turned)
  if (orientation === 3) return yield* pixelsOf(image.flip().flop())
  if (orientation === 2 || orientation === 5 || orientation === 7) return yield* pixelsOf(image.flop())
  return orientation === 4 ? yield* pixelsOf(image.flip()) : turned
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

export const layer = Layer.effect(
  Images,
  Effect.gen(function* () {
    // In pixels: a few pictures, so that no processor waits, or one of the largest.
    const turns = yield* Semaphore.make(maxPixels)

    const inTurn = <A, E>(pixels: number, work: Effect.Effect<A, E>) => {
      const share = Math.max(pixels, Math.floor(maxPixels / parallel))
      return Effect.uninterruptibleMask((restore) =>
        Effect.gen(function* () {
          const turn = yield* restore(Effect.timeoutOption(turns.take(share), waitLimit * 1000))
          if (Option.isNone(turn)) return yield* new Unavailable({ retry_after: waitLimit })
          return yield* Effect.ensuring(restore(work), turns.release(share))
        })
      )
    }

    const render = Effect.fn("Images.render")(function* (source: ImageSource, renditions: ReadonlyArray<Rendition>) {
      const sharp = yield* library
      const { pixels, orientation } = yield* examined(sharp, source)
      const longest = Math.max(...renditions.map((rendition) => rendition.longest))
      const work = Effect.flatMap(decoded(sharp, source, longest, orientation), (upright) =>
        Effect.forEach(renditions, (rendition) => encoded(sharp, upright, rendition))
      )
      return yield* inTurn(pixels, work)
    })

    return Images.of({ render })
  })
)
