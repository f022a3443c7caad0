/** The pipeline itself, over real files of every kind. */
import { randomUUID } from "node:crypto"
import { assert, layer } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import sharp from "sharp"
import * as SharpImages from "../../src/layers/SharpImages.ts"
import { UserId } from "../../src/services/auth/model.ts"
import { Images, type Rendition } from "../../src/services/media/Images.ts"
import { maxPicturesAtOnce } from "../../src/services/media/limits.ts"
import { childrenOf } from "../support/children.ts"
import { type Heic, makeAvif, makeHeic } from "../support/heic.ts"
import { renderedApart } from "../support/memory.ts"
import { chunk, chunkedPng, deflated, jpeg, large, marked, photo, pngBomb } from "../support/pictures.ts"

const small: Rendition = { name: "small", longest: 80, quality: 90, effort: 0 }
const square: Rendition = { name: "square", longest: 60, square: true, quality: 90, effort: 0 }

/** MB that all pictures together may take: 160 that the line lets in, and what is not collected of them yet. */
const most = 250

const somebody = Effect.sync(() => UserId.make(randomUUID()))

const renderedFor = (owner: UserId, bytes: Uint8Array, ...renditions: ReadonlyArray<Rendition>) =>
  Effect.flatMap(Images, (images) => images.render(owner, { bytes }, renditions.length === 0 ? [small] : renditions))

const rendered = (bytes: Uint8Array, ...renditions: ReadonlyArray<Rendition>) =>
  Effect.flatMap(somebody, (owner) => renderedFor(owner, bytes, ...renditions))

const heicOf = (heic: Heic) => Effect.promise(() => makeHeic(heic))

/** A JPEG whose header claims these sides. */
const claiming = (bytes: Buffer, width: number, height: number) => {
  const at = bytes.findIndex((byte, i) => byte === 0xff && [0xc0, 0xc2].includes(bytes[i + 1] ?? 0))
  bytes.writeUInt16BE(height, at + 5)
  bytes.writeUInt16BE(width, at + 7)
  return bytes
}

/** The pixel at a place given in parts of the whole, as which of red, green and blue it has. */
const colourAt = async (image: Uint8Array, x: number, y: number) => {
  const { data, info } = await sharp(image).raw().toBuffer({ resolveWithObject: true })
  const at = (Math.floor(y * info.height) * info.width + Math.floor(x * info.width)) * info.channels
  return ["r", "g", "b"].filter((_, i) => (data[at + i] ?? 0) > 128).join("")
}

layer(SharpImages.layer)("pictures", (it) => {
  it.effect(
    "leave none of their pixels behind, for what is held outside its heap makes V8 look through all of it",
    () =>
      Effect.gen(function* () {
        const [width, height] = [2000, 1500]
        const upright = yield* Effect.promise(() => jpeg(width, height))
        const turned = yield* Effect.promise(() => sharp(upright).withMetadata({ orientation: 6 }).toBuffer())
        for (const bytes of [upright, turned]) {
          yield* rendered(bytes)
          const before = process.memoryUsage().external
          yield* rendered(bytes, { ...small, longest: width }, small)
          assert.isBelow(process.memoryUsage().external - before, (3 * width * height) / 2)
        }
      })
  )

  it.effect("of every format come out as WebP, no larger than they were", () =>
    Effect.gen(function* () {
      const source = sharp(yield* Effect.promise(() => jpeg(160, 100)))
      for (const format of ["jpeg", "png", "webp", "avif"] as const) {
        const bytes = yield* Effect.promise(() => source.clone().toFormat(format).toBuffer())
        const [one, two, three] = yield* rendered(bytes, small, square, { ...small, longest: 5000 })
        assert.deepStrictEqual([one?.width, one?.height], [80, 50], format)
        assert.deepStrictEqual([two?.width, two?.height], [60, 60], format)
        assert.deepStrictEqual([three?.width, three?.height], [160, 100], format)
        const { format: out } = yield* Effect.promise(() => sharp(one?.bytes).metadata())
        assert.strictEqual(out, "webp")
      }
    })
  )

  it.effect("stand upright, whichever of the eight ways the camera was held", () =>
    Effect.gen(function* () {
      for (let orientation = 1; orientation <= 8; orientation++) {
        // What the camera would have written: turned the other way, with a note to turn it back.
        const bytes = yield* Effect.promise(() => marked(160, 120).jpeg().withMetadata({ orientation }).toBuffer())
        const [image] = yield* rendered(bytes, { ...small, longest: 160 })
        const expected = yield* Effect.promise(() => sharp(bytes).autoOrient().png().toBuffer())
        const places = [
          [0.1, 0.1],
          [0.9, 0.1],
          [0.1, 0.9],
          [0.9, 0.9]
        ] as const
        for (const [x, y] of places) {
          const [a, b] = yield* Effect.promise(() =>
            Promise.all([colourAt(image?.bytes ?? new Uint8Array(), x, y), colourAt(expected, x, y)])
          )
          assert.strictEqual(a, b, `orientation ${orientation} at ${x}, ${y}`)
        }
        assert.deepStrictEqual([image?.width, image?.height], orientation > 4 ? [120, 160] : [160, 120])
      }
    })
  )

  it.effect("keep no metadata: neither place nor camera nor profile", () =>
    Effect.gen(function* () {
      const bytes = yield* Effect.promise(() =>
        marked(160, 120)
          .jpeg()
          .withXmp(`<x:xmpmeta xmlns:x="adobe:ns:meta/"><note>http://192.0.2.1/</note></x:xmpmeta>`)
          .withExif({ IFD0: { Make: "Camera" }, IFD3: { GPSLatitudeRef: "N", GPSLatitude: "36/1 45/1 0/1" } })
          .withIccProfile("p3", { attach: true })
          .toBuffer()
      )
      const before = yield* Effect.promise(() => sharp(bytes).metadata())
      assert.isDefined(before.exif)
      assert.isDefined(before.icc)
      const [image] = yield* rendered(bytes)
      const { exif, icc, xmp, iptc, space } = yield* Effect.promise(() => sharp(image?.bytes).metadata())
      assert.deepStrictEqual([exif, icc, xmp, iptc, space], [undefined, undefined, undefined, undefined, "srgb"])
      assert.notInclude(Buffer.from(image?.bytes ?? []).toString("latin1"), "Camera")
    })
  )

  it.effect("of odd kinds are read: grey, CMYK, with alpha, of 16 bits, of one bit, animated", () =>
    Effect.gen(function* () {
      const base = yield* Effect.promise(() => marked(160, 120).png().toBuffer())
      const kinds = {
        grey: sharp(base).greyscale().jpeg(),
        cmyk: sharp(base).toColourspace("cmyk").jpeg(),
        alpha: sharp({
          create: { width: 160, height: 120, channels: 4, background: { r: 255, g: 0, b: 0, alpha: 0.5 } }
        }).png(),
        deep: sharp(base).toColourspace("rgb16").png(),
        palette: sharp(base).png({ palette: true }),
        progressive: sharp(base).jpeg({ progressive: true })
      }
      for (const [name, kind] of Object.entries(kinds)) {
        const [image] = yield* rendered(yield* Effect.promise(() => kind.toBuffer()))
        const { space, hasAlpha } = yield* Effect.promise(() => sharp(image?.bytes).metadata())
        assert.deepStrictEqual([space, hasAlpha], ["srgb", name === "alpha"], name)
      }
      const [oneBit] = yield* rendered(pngBomb(100, 100))
      assert.strictEqual(oneBit?.width, 80)
      const frames = yield* Effect.promise(() =>
        Promise.all(
          ["#f00", "#0f0"].map((background) =>
            sharp({ create: { width: 40, height: 40, channels: 3, background } })
              .png()
              .toBuffer()
          )
        )
      )
      const animated = yield* Effect.promise(() =>
        sharp(frames, { join: { animated: true } })
          .webp()
          .toBuffer()
      )
      const [first] = yield* rendered(animated)
      assert.deepStrictEqual([first?.width, first?.height], [40, 40])
    })
  )

  it.effect("that are cut off anywhere are refused, and never half shown", () =>
    Effect.gen(function* () {
      for (const format of ["jpeg", "png", "webp", "avif"] as const) {
        const whole = yield* Effect.promise(() => photo(300, 200).toFormat(format).toBuffer())
        for (const part of [0.02, 0.1, 0.5, 0.9]) {
          const outcome = yield* Effect.result(rendered(whole.subarray(0, Math.floor(whole.length * part))))
          assert.strictEqual(outcome._tag, "Failure", `${format} ${part}`)
        }
      }
    })
  )

  it.effect("of 40 megapixels are read, of 41 they are not, and a bomb is known by its header", () =>
    Effect.gen(function* () {
      const [most] = yield* rendered(pngBomb(8000, 5000))
      assert.strictEqual(most?.width, 80)
      const sizes = [
        [8200, 5000],
        [20_000, 20_000]
      ] as const
      for (const [width, height] of sizes) {
        const bomb = pngBomb(width, height)
        const error = yield* Effect.flip(rendered(bomb))
        assert.strictEqual(error._tag, "ImageTooLarge")
      }
    })
  )

  it.effect("of PNG whose texts are gigabytes once they are read are shown, and their texts are not read", () =>
    Effect.gen(function* () {
      const long = deflated(50_000_000)
      const texts = Array.from({ length: 2 }, (_, n) => [
        chunk("zTXt", Buffer.concat([Buffer.from(`z${n}\0\0`), long])),
        chunk("iTXt", Buffer.concat([Buffer.from(`i${n}\0\x01\0\0\0`), long]))
      ]).flat()
      const [plain, wordy] = yield* Effect.promise(() => Promise.all([chunkedPng([]), chunkedPng(texts)]))
      const [[expected], [image]] = [yield* rendered(plain), yield* rendered(wordy)]
      assert.deepStrictEqual(image?.bytes, expected?.bytes)
      assert.isBelow((yield* renderedApart([wordy], 80)).rise, 100)
      assert.strictEqual(yield* Effect.promise(() => colourAt(expected?.bytes ?? plain, 0.5, 0.5)), "r")
    })
  )

  it.effect("that lack only the mark of their end are read: all of their pixels are there", () =>
    Effect.gen(function* () {
      for (const chromaSubsampling of ["4:2:0", "4:4:4"]) {
        const whole = yield* Effect.promise(() => photo(300, 200).jpeg({ chromaSubsampling }).toBuffer())
        for (const longest of [80, 150, 300]) {
          for (const missing of [1, 2]) {
            const [image] = yield* rendered(whole.subarray(0, -missing), { ...small, longest })
            assert.strictEqual(image?.width, longest)
          }
          for (const missing of [12, 40, 400]) {
            const error = yield* Effect.flip(rendered(whole.subarray(0, -missing), { ...small, longest }))
            assert.strictEqual(error._tag, "ImageUnreadable", `${missing}`)
          }
        }
      }
      const progressive = yield* Effect.promise(() => photo(300, 200).jpeg({ progressive: true }).toBuffer())
      yield* Effect.flip(rendered(progressive.subarray(0, -2)))
    })
  )

  it.effect("of 108 megapixels are read from JPEG, in the memory of smaller ones", () =>
    Effect.gen(function* () {
      const bytes = yield* Effect.promise(() => large(12_032, 9024).withMetadata({ orientation: 6 }).toBuffer())
      const { rise, sides } = yield* renderedApart([bytes], 2048, 3)
      assert.deepStrictEqual(sides, [
        [1536, 2048],
        [1536, 2048],
        [1536, 2048]
      ])
      assert.isBelow(rise, most)
    })
  )

  it.effect("of more, or of 41 megapixels in several passes, are refused", () =>
    Effect.gen(function* () {
      const cases = [
        [false, 12_200, 9100, 109],
        [true, 8200, 5000, 30]
      ] as const
      for (const [progressive, width, height, max_megapixels] of cases) {
        const bytes = yield* Effect.promise(() => photo(160, 120).jpeg({ progressive }).toBuffer())
        const error = yield* Effect.flip(rendered(claiming(bytes, width, height)))
        assert.deepInclude(error, { _tag: "ImageTooLarge", width, height, max_megapixels })
      }
    })
  )

  it.effect("of HEIC are read, upright, one or a grid of many", () =>
    Effect.gen(function* () {
      // A quarter at the top left of what x265 got is white; it is now at the bottom left.
      const [turned] = yield* rendered(yield* heicOf({ width: 640, height: 360, turns: 1 }), { ...small, longest: 160 })
      assert.deepStrictEqual([turned?.width, turned?.height], [90, 160])
      const colours = [0.1, 0.9].map((y) => colourAt(turned?.bytes ?? new Uint8Array(), 0.1, y))
      assert.deepStrictEqual(yield* Effect.promise(() => Promise.all(colours)), ["", "rgb"])
      const grid = yield* heicOf({ width: 512, height: 512, columns: 8, rows: 6 })
      const [large] = yield* rendered(grid, { ...small, longest: 2048 })
      assert.deepStrictEqual([large?.width, large?.height], [2048, 1536])
      assert.deepStrictEqual(childrenOf(process.pid), [])
    })
  )

  it.effect("of HEIC have the colours that their profile says", () =>
    Effect.gen(function* () {
      const profiled = yield* Effect.promise(() => photo(8, 8).withIccProfile("p3").png().toBuffer())
      const profile = yield* Effect.promise(() =>
        sharp(profiled)
          .metadata()
          .then(({ icc }) => icc)
      )
      assert.isDefined(profile)
      const green: Heic = { width: 640, height: 360, filter: "lutyuv=y=150:u=90:v=80" }
      const means = yield* Effect.forEach([green, { ...green, profile }], (heic) =>
        Effect.gen(function* () {
          const [image] = yield* rendered(yield* heicOf(heic))
          const { channels } = yield* Effect.promise(() => sharp(image?.bytes).stats())
          return channels.map(({ mean }) => mean)
        })
      )
      // The same numbers are a stronger green in P3: less red is left of it in sRGB.
      assert.isBelow((means[1]?.[0] ?? 0) + 10, means[0]?.[0] ?? 0)
    })
  )

  it.effect("of AVIF are read, upright, by no code of this process", () =>
    Effect.gen(function* () {
      const grid = yield* Effect.promise(() => makeAvif({ width: 256, height: 256, columns: 3, rows: 2, turns: 1 }))
      const [image] = yield* rendered(grid, { ...small, longest: 600 })
      assert.deepStrictEqual([image?.width, image?.height], [400, 600])
      const here = yield* Effect.promise(() => sharp(grid).metadata().catch(String))
      assert.match(String(here), /unsupported image format/)
      assert.deepStrictEqual(childrenOf(process.pid), [])
    })
  )

  it.effect("of HEIC or AVIF with more to decode than they show are refused before anything decodes them", () =>
    Effect.gen(function* () {
      const tiled = { width: 1024, height: 1024, columns: 15, rows: 15, claims: [64, 64] } as const
      const files = yield* Effect.promise(() =>
        Promise.all([
          makeAvif({ ...tiled, width: 4096, height: 4096 }),
          makeHeic(tiled),
          makeAvif({
            ...tiled,
            width: 256,
            height: 256,
            claims: [3840, 3840],
            parts: Array.from({ length: 6000 }, () => 2)
          })
        ])
      )
      for (const bytes of files) {
        const began = performance.now()
        const refused = yield* Effect.forkChild(Effect.flip(rendered(bytes)), { startImmediately: true })
        yield* Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 50)))
        assert.deepStrictEqual(childrenOf(process.pid), [])
        assert.deepInclude(yield* Fiber.join(refused), { _tag: "ImageUnreadable", reason: "slow" })
        assert.isBelow(performance.now() - began, 1000)
      }
      const large = yield* Effect.promise(() => makeAvif({ width: 256, height: 256, columns: 16, rows: 16 }))
      const error = yield* Effect.flip(rendered(large))
      assert.deepInclude(error, { _tag: "ImageTooLarge", width: 4096, height: 4096, max_megapixels: 16 })
    })
  )

  it.effect(
    "whose pixels take much are read up to fewer of them, and all that are read fit into the memory there is",
    () =>
      Effect.gen(function* () {
        const clear = { r: 80, g: 90, b: 100, alpha: 0.5 }
        const of = (width: number, height: number, channels: 3 | 4) =>
          sharp({ create: { width, height, channels, background: clear }, limitInputPixels: false })
        const [deep, wide, ...taken] = yield* Effect.promise(() =>
          Promise.all([
            of(4100, 4100, 4).toColourspace("rgb16").png({ progressive: true, compressionLevel: 1 }).toBuffer(),
            of(60_000, 490, 4).png({ compressionLevel: 1 }).toBuffer(),
            of(7990, 5000, 3).png({ progressive: true, compressionLevel: 1 }).toBuffer(),
            of(5400, 5400, 4).png({ progressive: true, compressionLevel: 1 }).toBuffer(),
            of(6900, 4340, 3).jpeg({ progressive: true }).toBuffer(),
            of(6000, 4900, 4).webp({ effort: 0 }).toBuffer(),
            of(4000, 3990, 4).avif({ effort: 0, quality: 30 }).toBuffer()
          ])
        )
        for (const [bytes, most] of [
          [deep, 15],
          [wide, 18]
        ] as const) {
          const error = yield* Effect.flip(rendered(bytes ?? Buffer.alloc(0)))
          assert.deepInclude(error, { _tag: "ImageTooLarge", max_megapixels: most })
        }
        const { rise, sides } = yield* renderedApart(taken, 2048)
        assert.deepStrictEqual(
          sides.map((pair) => Math.max(...pair)),
          taken.map(() => 2048)
        )
        assert.isBelow(rise, most)
      }),
    90_000
  )

  it.effect("that lack their end are not held in memory, whatever else is in their file", () =>
    Effect.gen(function* () {
      const whole = yield* Effect.promise(() => photo(300, 200).jpeg().toBuffer())
      const segment = Buffer.alloc(65_535 + 2, 0x20)
      segment.set([0xff, 0xe9, 0xff, 0xff])
      const segments = Array.from({ length: 590 }, () => segment)
      const bytes = Buffer.concat([whole.subarray(0, 2), ...segments, whole.subarray(2, -2)])
      assert.isBelow((yield* renderedApart([bytes], 80, 12)).rise, most)
    })
  )

  it.effect("of one user are six at once, and others' come before the second", () =>
    Effect.gen(function* () {
      const bytes = yield* heicOf({ width: 512, height: 512, columns: 4, rows: 4 })
      const [one, other] = [yield* somebody, yield* somebody]
      const done: Array<string> = []
      const ask = (owner: UserId, name: string) =>
        Effect.forkChild(
          Effect.tap(renderedFor(owner, bytes), () => Effect.sync(() => done.push(name))),
          {
            startImmediately: true
          }
        )
      const asked = yield* Effect.forEach(Array.from({ length: maxPicturesAtOnce }), (_, n) => ask(one, `one's ${n}`))
      const refused = yield* Effect.flip(renderedFor(one, bytes))
      assert.deepInclude(refused, { _tag: "Unavailable", retry_after: 5 })
      yield* Fiber.joinAll([...asked, yield* ask(other, "other's")])
      assert.strictEqual(done[1], "other's")
      assert.lengthOf(done, maxPicturesAtOnce + 1)
      yield* renderedFor(one, bytes)
    })
  )

  it.effect("of HEIC that are too large, cut off or no picture are refused", () =>
    Effect.gen(function* () {
      const heic: Heic = { width: 640, height: 360 }
      const whole = yield* heicOf(heic)
      const huge = yield* heicOf({ ...heic, width: 512, height: 512, columns: 2, rows: 2, claims: [60_000, 60_000] })
      const nonsense = Buffer.from(whole)
      nonsense.fill(0xa5, whole.indexOf("mdat", 0, "latin1") + 4)
      const tooLarge = yield* Effect.flip(rendered(huge))
      assert.deepInclude(tooLarge, { _tag: "ImageTooLarge", width: 60_000, height: 60_000, max_megapixels: 50 })
      for (const bytes of [
        nonsense,
        whole.subarray(0, 200),
        whole.subarray(0, -200),
        Buffer.concat([whole.subarray(0, 24), Buffer.from("<svg/>")])
      ]) {
        const error = yield* Effect.flip(rendered(bytes))
        assert.strictEqual(error._tag, "ImageUnreadable")
      }
      assert.deepStrictEqual(childrenOf(process.pid), [])
    })
  )

  it.effect("of phone's size are rendered by the dozen in bounded memory", () =>
    Effect.gen(function* () {
      const bytes = yield* Effect.promise(() => large(6000, 4000).withMetadata({ orientation: 6 }).toBuffer())
      assert.isBelow((yield* renderedApart([bytes], 2048, 12)).rise, most)
    })
  )
})
