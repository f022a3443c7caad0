/** Pictures by sharp (libvips), which is loaded when the first one comes: it costs no start and no resting memory. */
import { appendFile, copyFile, mkdtemp, open, rm, stat, truncate, writeFile } from "node:fs/promises"
import { availableParallelism, tmpdir } from "node:os"
import { join } from "node:path"
import { Effect, Layer, Semaphore } from "effect"
import type { Metadata, Sharp, SharpOptions } from "sharp"
import type { UserId } from "../services/auth/model.ts"
import { ImageFormatUnsupported, ImageTooLarge, ImageUnreadable } from "../services/media/errors.ts"
import { headLength, type ImageFormat, sniff } from "../services/media/format.ts"
import { type ImageSource, Images, type RenderedImage, type Rendition } from "../services/media/Images.ts"
import { maxHeldBytes, maxMegapixels, maxPicturesAtOnce, megabyte } from "../services/media/limits.ts"
import { makePlaces } from "../services/places.ts"
import { isSimpleProfile } from "./colourProfile.ts"
import { makeLine } from "./line.ts"
import { countPieces } from "./pieces.ts"
import { plainPng } from "./plainPng.ts"
import { type Converted, pictureConverter } from "./videos/pictures.ts"
import type { WorkerOptions } from "./videos/worker.ts"

/** For one picture, once it has its turn, in seconds; looked at between two regions of it. */
const timeLimit = 15

/** Bytes of pictures that are worked on at the same time, and what one has of them besides its file and what is held of it. */
const maxBytes = maxHeldBytes + 10 * megabyte
const usualBytes = 40 * megabyte

const load = async () => {
  const { default: sharp } = await import("sharp")
  sharp.cache(false)
  // One thread a picture: several pictures are worked on side by side.
  sharp.concurrency(1)
  // Whatever a file claims to be, no other code of libvips reads it here.
  sharp.block({ operation: ["VipsForeignLoad"] })
  sharp.unblock({ operation: ["VipsForeignLoadJpeg", "VipsForeignLoadPng", "VipsForeignLoadWebp"] })
  return sharp
}

let loaded: ReturnType<typeof load> | undefined
const library = Effect.promise(() => {
  loaded ??= load()
  return loaded
})
type Library = Effect.Success<typeof library>

const headOf = (path: string) =>
  Effect.promise(async () => {
    const file = await open(path)
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(headLength), 0, headLength, 0)
      return buffer.subarray(0, bytesRead)
    } finally {
      await file.close()
    }
  })

type Readable = Exclude<ImageFormat, Converted>

/** Strict from a truncated file on; warnings are for metadata, which cameras get wrong and we leave out. */
const options: SharpOptions = { failOn: "error", animated: false, limitInputPixels: maxMegapixels.jpeg * 1_000_000 }

const opened = (sharp: Library, path: string, more: SharpOptions = {}) => sharp(path, { ...options, ...more })

/** Uninterruptible: native work goes on whoever left, so its turn must not end before it does. */
const native = <A>(work: () => Promise<A>) =>
  Effect.uninterruptible(
    Effect.tryPromise({
      try: work,
      catch: (error) =>
        new ImageUnreadable({ reason: String(error).includes("timeout") ? ("slow" as const) : ("damaged" as const) })
    })
  )

const recognised = Effect.fnUntraced(function* (path: string) {
  const sniffed = sniff(yield* headOf(path))
  if ("found" in sniffed) return yield* new ImageFormatUnsupported({ found: sniffed.found })
  return sniffed.format
})

// Of a PNG so many are held twice, on the way to being shrunk: all of one that is wide.
const linesAtOnce = 1000

/** Bytes that are held of each pixel until all of it is decoded, at the most. */
const heldOf = (format: Readable, header: Metadata) => {
  const { height, channels, depth, isProgressive = false, pages = 1, chromaSubsampling } = header
  // A frame is drawn onto another.
  if (format === "webp") return pages > 1 ? 12 : 4
  if (format === "png") return channels * (depth === "ushort" ? 2 : 1) * (1 + Math.min(1, linesAtOnce / height))
  // Coefficients of 16 bits, of which one colour may have half as many.
  return isProgressive ? 2 * channels - (chromaSubsampling === "4:4:4" ? 0 : 1) : 0
}

/** What the header claims, before anything is decoded. */
const examined = Effect.fnUntraced(function* (sharp: Library, path: string, format: Readable) {
  const header = yield* native(() => opened(sharp, path, { limitInputPixels: false }).metadata())
  const { width, height, orientation = 1, isProgressive = false } = header
  if (header.format !== format) return yield* new ImageUnreadable({ reason: "damaged" })
  const held = heldOf(format, header)
  const max_megapixels = Math.min(maxMegapixels[format], Math.floor(maxHeldBytes / megabyte / held))
  if (width * height > max_megapixels * 1_000_000) return yield* new ImageTooLarge({ width, height, max_megapixels })
  const { size } = yield* Effect.promise(() => stat(path))
  // Whatever is in its file besides pixels is held, too.
  const share = usualBytes + size + held * width * height
  const ignoreIcc = header.icc !== undefined && !isSimpleProfile(header.icc)
  return { share, orientation, ignoreIcc, mayLackItsEnd: format === "jpeg" && !isProgressive }
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

/** V8 counts them as what it keeps itself, and would look through all of that to be rid of them. */
const letGo = ({ data }: Pixels) => Effect.sync(() => data.buffer instanceof ArrayBuffer && data.buffer.transfer(0))

const ofPixels = (sharp: Library, { data, ...raw }: Pixels) => sharp(data, { raw })

/**
 * Decoded once, as large as the largest rendition. It is turned upright afterwards: libvips would hold the whole picture
 * to do that before, and this way it holds a few lines of most.
 */
const decoded = Effect.fnUntraced(function* (
  sharp: Library,
  path: string,
  longest: number,
  { orientation, ignoreIcc, mayLackItsEnd }: Effect.Success<ReturnType<typeof examined>>
) {
  const lyingOf = (image: Sharp) =>
    pixelsOf(
      image
        .timeout({ seconds: timeLimit })
        .resize({ width: longest, height: longest, fit: "inside", withoutEnlargement: true })
        .toColourspace("srgb")
    )
  const lying = yield* Effect.catch(lyingOf(opened(sharp, path, { ignoreIcc })), (error) =>
    mayLackItsEnd && error.reason === "damaged" ? withoutItsEnd(sharp, path, { ignoreIcc }, lyingOf) : error
  )
  if (orientation <= 1 || orientation > 8) return lying
  const instead = (pixels: Pixels, made: Sharp) => Effect.ensuring(pixelsOf(made), letGo(pixels))
  const turned =
    orientation > 4 ? yield* instead(lying, ofPixels(sharp, lying).rotate(quarterTurns[orientation])) : lying
  const image = ofPixels(sharp, turned)
  if (orientation === 3) return yield* instead(turned, image.flip().flop())
  if (orientation === 2 || orientation === 5 || orientation === 7) return yield* instead(turned, image.flop())
  return orientation === 4 ? yield* instead(turned, image.flip()) : turned
})

/**
 * A transfer that broke off at the very end took only the mark of it along. All pixels are there when nothing that
 * stands behind what has come shows in the picture: libjpeg's warning alone is missed where it is about the last lines.
 */
const withoutItsEnd = Effect.fnUntraced(function* (
  sharp: Library,
  path: string,
  more: SharpOptions,
  pixelsIn: (image: Sharp) => Effect.Effect<Pixels, ImageUnreadable>
) {
  // A file of its own, for it may be large.
  const ended = join(yield* temporary, "picture.jpg")
  yield* Effect.promise(() => copyFile(path, ended))
  const { size } = yield* Effect.promise(() => stat(ended))
  const endingWith = Effect.fnUntraced(function* (end: Buffer, failOn: "warning" | "truncated") {
    yield* Effect.promise(() => truncate(ended, size).then(() => appendFile(ended, end)))
    return yield* pixelsIn(opened(sharp, ended, { ...more, failOn }))
  })
  const pixels = yield* endingWith(mark, "warning")
  const filled = yield* Effect.onError(endingWith(filler, "truncated"), () => letGo(pixels))
  const isWhole = pixels.data.equals(filled.data)
  yield* letGo(filled)
  if (isWhole) return pixels
  yield* letGo(pixels)
  return yield* new ImageUnreadable({ reason: "damaged" })
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

const temporary = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), `zst-picture-${process.pid}-`))),
  (directory) => Effect.promise(() => rm(directory, { recursive: true, force: true }))
)

const pathOf = Effect.fnUntraced(function* (source: ImageSource) {
  if ("path" in source) return source.path
  const path = join(yield* temporary, "sent")
  yield* Effect.promise(() => writeFile(path, source.bytes))
  return path
})

export const layerWith = (options: WorkerOptions) =>
  Layer.effect(
    Images,
    Effect.gen(function* () {
      const inLine = makeLine(maxBytes)
      const ofUser = makePlaces<UserId>(maxPicturesAtOnce)
      // A header may hold a whole file, and is read before anybody knows how much of the picture will be held.
      const examining = yield* Semaphore.make(1)
      const convert = pictureConverter(options)

      /** What this process reads: the picture itself, or what a worker made of it. */
      const readable = Effect.fnUntraced(function* (user: UserId, path: string, longest: number) {
        const format = yield* recognised(path)
        if (format === "jpeg" || format === "webp") {
          yield* native(() => countPieces(path, format))
          return { path, format }
        }
        const png = join(yield* temporary, "picture.png")
        if (format === "png") return { path: yield* native(() => plainPng(path, png)), format }
        yield* convert(user, format, path, png, longest)
        return { path: png, format: "png" as const }
      })

      const rendered = Effect.fnUntraced(function* (
        user: UserId,
        source: ImageSource,
        renditions: ReadonlyArray<Rendition>
      ) {
        const sharp = yield* library
        const longest = Math.max(...renditions.map((rendition) => rendition.longest))
        const { path, format } = yield* readable(user, yield* pathOf(source), longest)
        const header = yield* examining.withPermit(examined(sharp, path, format))
        // Decoding may be interrupted between its steps: whoever left is not waited for.
        const work = Effect.flatMap(decoded(sharp, path, longest, header), (upright) =>
          Effect.ensuring(
            Effect.forEach(renditions, (rendition) => encoded(sharp, upright, rendition)),
            letGo(upright)
          )
        )
        return yield* inLine({ share: Math.max(header.share, maxBytes / parallel), user }, work)
      }, Effect.scoped)

      const render = Effect.fn("Images.render")(
        (owner: UserId, source: ImageSource, renditions: ReadonlyArray<Rendition>) =>
          Effect.scoped(Effect.andThen(ofUser(owner), rendered(owner, source, renditions)))
      )

      return Images.of({ render })
    })
  )

export const layer = layerWith({})
