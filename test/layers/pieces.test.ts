/** Of how many pieces a picture may be, before libvips sees it. */
import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import sharp from "sharp"
import { countPieces, maxPieces } from "../../src/layers/pieces.ts"
import { plainPng } from "../../src/layers/plainPng.ts"
import { temporaryDirectory } from "../support/directory.ts"
import { chunk, chunkedPng, large, photo } from "../support/pictures.ts"

/** "" when there are not too many. */
const refusal = Effect.fnUntraced(function* (bytes: Uint8Array, look: (path: string, to: string) => Promise<unknown>) {
  const directory = yield* temporaryDirectory("zst-pieces-")
  const path = join(directory, "picture")
  return yield* Effect.promise(async () => {
    await writeFile(path, bytes)
    return look(path, join(directory, "to")).then(
      () => "",
      ({ name }: Error) => name
    )
  })
}, Effect.scoped)

const ofJpeg = (bytes: Uint8Array) => refusal(bytes, (path) => countPieces(path, "jpeg"))
const ofWebp = (bytes: Uint8Array) => refusal(bytes, (path) => countPieces(path, "webp"))
const ofPng = (bytes: Uint8Array) => refusal(bytes, plainPng)

const times = (count: number, bytes: Uint8Array) => Buffer.concat(Array.from({ length: count }, () => bytes))
const tooMany = "TooManyPieces"

it.effect("those of cameras and encoders are let in, large and progressive and with all that they say", () =>
  Effect.gen(function* () {
    const jpegs = [photo(40, 30), large(4000, 3000), large(2000, 1500).withMetadata({ density: 300 })]
    for (const picture of jpegs) {
      for (const progressive of [false, true]) {
        const bytes = yield* Effect.promise(() => picture.clone().jpeg({ progressive }).toBuffer())
        assert.strictEqual(yield* ofJpeg(bytes), "")
        // A transfer that broke off, and what was sent behind.
        assert.strictEqual(yield* ofJpeg(bytes.subarray(0, bytes.length - 2)), "")
        assert.strictEqual(yield* ofJpeg(Buffer.concat([bytes, times(5000, Buffer.from("ffe20002", "hex"))])), "")
      }
    }
    const frames = Array.from({ length: 300 }, (_, i) =>
      sharp({ create: { width: 8, height: 8, channels: 3, background: { r: i % 256, g: i >> 1, b: 9 } } }).png()
    )
    const pages = yield* Effect.promise(() => Promise.all(frames.map((frame) => frame.toBuffer())))
    const animated = yield* Effect.promise(() =>
      sharp(pages, { join: { animated: true } })
        .webp()
        .toBuffer()
    )
    assert.strictEqual(yield* ofWebp(animated), "")
    assert.strictEqual(yield* ofWebp(yield* Effect.promise(() => large(3000, 2000).webp().toBuffer())), "")
    assert.strictEqual(yield* ofPng(yield* Effect.promise(() => large(3000, 2000).png().toBuffer())), "")
  })
)

it.effect("a JPEG of a million segments that say nothing is not, wherever they stand", () =>
  Effect.gen(function* () {
    const bytes = yield* Effect.promise(() => photo(40, 30).jpeg({ progressive: true }).toBuffer())
    const scan = bytes.indexOf(Buffer.from("ffda", "hex"))
    const secondScan = bytes.indexOf(Buffer.from("ffda", "hex"), scan + 2)
    for (const marker of ["ffe10002", "ffe20002", "ffed0002", "fffe0002"]) {
      for (const at of [2, secondScan]) {
        const with_ = (count: number) =>
          Buffer.concat([bytes.subarray(0, at), times(count, Buffer.from(marker, "hex")), bytes.subarray(at)])
        assert.strictEqual(yield* ofJpeg(with_(1000)), "", marker)
        assert.strictEqual(yield* ofJpeg(with_(1_000_000)), tooMany, marker)
      }
    }
    // What fills up the space before a marker is no piece.
    assert.strictEqual(
      yield* ofJpeg(Buffer.concat([bytes.subarray(0, 2), Buffer.alloc(3_000_000, 0xff), bytes.subarray(2)])),
      ""
    )
  })
)

it.effect("a WebP of a thousand times more frames or chunks than any is not", () =>
  Effect.gen(function* () {
    const dot = yield* Effect.promise(() => photo(1, 1).webp({ lossless: true }).toBuffer())
    const inside = dot.subarray(12, 12 + 8 + dot.readUInt32LE(16))
    const head = (type: string, length: number) => {
      const bytes = Buffer.alloc(8)
      bytes.write(type, "latin1")
      bytes.writeUInt32LE(length, 4)
      return bytes
    }
    const whole = (...chunks: ReadonlyArray<Uint8Array>) => {
      const body = Buffer.concat([Buffer.from("WEBP"), ...chunks])
      return Buffer.concat([head("RIFF", body.length), body])
    }
    const padded = Buffer.concat([inside, Buffer.alloc(inside.length % 2)])
    const frame = Buffer.concat([head("ANMF", 16 + padded.length), Buffer.alloc(16), padded])
    const others = times(100_000, head("zzzz", 0))
    assert.strictEqual(yield* ofWebp(whole(times(500, frame))), "")
    assert.strictEqual(yield* ofWebp(whole(times(20_000, frame))), tooMany)
    assert.strictEqual(yield* ofWebp(whole(padded, others)), tooMany)
    assert.strictEqual(
      yield* ofWebp(whole(head("ANMF", 16 + others.length), Buffer.alloc(16), others, padded)),
      tooMany
    )
  })
)

it.effect("a PNG of more chunks than say anything is not, whether they are shown or left out", () =>
  Effect.gen(function* () {
    const png = (...chunks: ReadonlyArray<Uint8Array>) => Effect.promise(() => chunkedPng(chunks))
    const pair = Buffer.concat([chunk("zzZz", Buffer.alloc(0)), chunk("pHYs", Buffer.alloc(0))])
    assert.strictEqual(yield* ofPng(yield* png(times(maxPieces / 4, pair))), "")
    assert.strictEqual(yield* ofPng(yield* png(times(50_000, pair))), tooMany)
    const parts = (count: number) => png(times(count, chunk("IDAT", Buffer.alloc(0))))
    assert.strictEqual(yield* ofPng(yield* parts(10_000)), "")
    assert.strictEqual(yield* ofPng(yield* parts(30_000)), tooMany)
  })
)
