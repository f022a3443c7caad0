/** Videos as phones and recorders write them, which is seldom as a textbook has it. */
import { readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import * as NodeAvVideos from "../../src/layers/NodeAvVideos.ts"
import { Videos } from "../../src/services/media/Videos.ts"
import { type Clip, makeClip } from "../support/clips.ts"
import { describeVideo, lumas, temporaryDirectory, topBoxes } from "../support/videoFiles.ts"

const small: Clip = { width: 640, height: 360, seconds: 2 }
const webm = { format: "webm", codec: "vp9" } as const

/** The one rendition of a clip, and what it is. */
const processed = Effect.fnUntraced(function* (clip: Clip, change: (bytes: Buffer) => Buffer = (bytes) => bytes) {
  const [source, directory] = [yield* temporaryDirectory, yield* temporaryDirectory]
  const file = join(source, "clip")
  yield* Effect.promise(() => makeClip(file, clip))
  yield* Effect.promise(async () => writeFile(file, change(await readFile(file))))
  const { process } = yield* Videos
  const video = yield* process(file, directory, () => Effect.void)
  const path = video.renditions[0]?.file ?? ""
  return { duration_ms: video.duration_ms, path, ...(yield* describeVideo(path)) }
})

const gaps = (times: ReadonlyArray<number>) => times.slice(1).map((at, i) => at - (times[i] ?? 0))

const evenlyFrom0 = (times: ReadonlyArray<number>, frames: number) => {
  assert.closeTo(times.length, frames, 1)
  assert.strictEqual(times[0], 0)
  // The first one waits for the sound that an AAC encoder puts before it.
  assert.isBelow(Math.max(...gaps(times)), 0.06)
}

layer(NodeAvVideos.layer(), { excludeTestServices: true, timeout: "2 minutes" })("videos of phones", (it) => {
  it.effect("turned midway, what follows is fitted into the first shape, and nothing is shown again", () =>
    Effect.gen(function* () {
      const { width, height, times, duration_ms, path } = yield* processed({ ...small, ...webm, turnedMidway: true })
      assert.deepStrictEqual([width, height], [640, 360])
      evenlyFrom0(times, 60)
      assert.closeTo(duration_ms, 2000, 100)
      // Upright in the middle third: the top left of it is white, its bottom right dark, and beside it there is nothing.
      const places = [
        [0.1, 0.1],
        [0.37, 0.1],
        [0.64, 0.9],
        [0.9, 0.9]
      ] as const
      const [left, topLeft, bottomRight, right] = yield* lumas(path, places, 1.5)
      assert.isBelow(Math.max(left, right), 24)
      assert.isAbove(topLeft, 200)
      assert.closeTo(bottomRight, 30, 12)
    })
  )

  it.effect("uneven frames keep their times", () =>
    Effect.gen(function* () {
      const { times, duration_ms } = yield* processed({ ...small, seconds: 8, slowAfterSeconds: 2 })
      assert.closeTo(times.filter((at) => at < 1.99).length, 60, 1)
      assert.deepStrictEqual(
        times.filter((at) => at > 2.5).map((at) => Math.round(at)),
        [3, 4, 5, 6, 7]
      )
      assert.closeTo(duration_ms, 8000, 100)
    })
  )

  for (const fps of [24, 50, 60, 120]) {
    it.effect(`${fps} frames a second become ${Math.min(30, fps)} at most, none of them close to another`, () =>
      Effect.gen(function* () {
        const { times } = yield* processed({ ...small, fps, width: 320, height: 180, sound: false })
        assert.closeTo(times.length, 2 * Math.min(30, fps), 1)
        assert.isAbove(Math.min(...gaps(times)), 0.015)
      })
    )
  }

  for (const kind of [{}, webm]) {
    it.effect(`what begins at 100 seconds is shown from 0 on, and is as long as it is (${JSON.stringify(kind)})`, () =>
      Effect.gen(function* () {
        const { times, duration_ms, seconds, sound } = yield* processed({ ...small, ...kind, startsAt: 100 })
        evenlyFrom0(times, 60)
        assert.closeTo(duration_ms, 2000, 100)
        assert.closeTo(seconds, 2, 0.15)
        assert.strictEqual(sound, "aac")
      })
    )

    it.effect(
      `pictures later than the sound stay with it, the first of them shown before (${JSON.stringify(kind)})`,
      () =>
        Effect.gen(function* () {
          const { times, seconds } = yield* processed({ ...small, ...kind, pictureLate: 1 })
          assert.closeTo(times.length, 60, 1)
          assert.strictEqual(times[0], 0)
          assert.closeTo(times[1] ?? 0, 1.033, 0.02)
          assert.closeTo(seconds, 3, 0.15)
        })
    )

    it.effect(`sound later than the pictures stays with them (${JSON.stringify(kind)})`, () =>
      Effect.gen(function* () {
        const { times, seconds } = yield* processed({ ...small, ...kind, soundLate: 1 })
        evenlyFrom0(times, 60)
        assert.closeTo(seconds, 3, 0.15)
      })
    )
  }

  it.effect("what was cut off in the gallery stays cut off", () =>
    Effect.gen(function* () {
      const { times, duration_ms } = yield* processed({ ...small, startsAt: -1 })
      evenlyFrom0(times, 30)
      assert.closeTo(duration_ms, 1000, 100)
    })
  )

  it.effect("the track of sound that can be decoded is heard, wherever it is", () =>
    Effect.gen(function* () {
      const { sound, frames } = yield* processed({ ...small, firstSound: "unknown" })
      assert.deepStrictEqual({ sound, frames }, { sound: "aac", frames: 60 })
    })
  )

  it.effect("a track of sound that holds none is passed over for the next", () =>
    Effect.gen(function* () {
      const { sound, frames } = yield* processed({ ...small, ...webm, firstSound: "empty" })
      assert.deepStrictEqual({ sound, frames }, { sound: "aac", frames: 60 })
    })
  )

  const box = (type: string, bytes = Buffer.alloc(0)) => {
    const head = Buffer.alloc(8)
    head.writeUInt32BE(8 + bytes.length, 0)
    head.write(type, 4, "latin1")
    return Buffer.concat([head, bytes])
  }
  const renamed = (from: string, to: string) => (bytes: Buffer) => {
    bytes.write(to, bytes.indexOf(from, 0, "latin1"), "latin1")
    return bytes
  }
  const junk = Buffer.from(Array.from({ length: 999 }, (_, i) => (i * i * 2_654_435_761) >>> 24))
  const layouts: ReadonlyArray<readonly [name: string, change: (bytes: Buffer) => Buffer, clip?: Partial<Clip>]> = [
    [
      "its index at the end, and empty boxes before it",
      (bytes) => {
        const moov = bytes.indexOf("moov", 0, "latin1") - 4
        return Buffer.concat([
          bytes.subarray(0, moov),
          box("free", junk),
          box("wide"),
          box("uuid", junk),
          bytes.subarray(moov)
        ])
      }
    ],
    ["no type of file at the beginning", renamed("ftyp", "wide"), { format: "mov" }],
    ["room at the beginning, where the type was", renamed("ftyp", "free")],
    ["junk after the last box", (bytes) => Buffer.concat([bytes, junk])],
    ["zeros after the last box", (bytes) => Buffer.concat([bytes, Buffer.alloc(4099)])],
    ["three bytes after the last box", (bytes) => Buffer.concat([bytes, Buffer.from("\r\n\0")])]
  ]
  for (const [name, change, clip = {}] of layouts) {
    it.effect(`an MP4 with ${name} is read`, () =>
      Effect.gen(function* () {
        const { frames, sound } = yield* processed({ ...small, seconds: 1, ...clip }, (bytes) => {
          assert.isBelow(topBoxes(bytes).indexOf("mdat"), topBoxes(bytes).indexOf("moov"))
          return change(bytes)
        })
        assert.deepStrictEqual({ frames, sound }, { frames: 30, sound: "aac" })
      })
    )
  }

  it.effect("a WebM with room before its contents is read", () =>
    Effect.gen(function* () {
      const { frames } = yield* processed({ ...small, seconds: 1, ...webm }, (bytes) => {
        const segment = bytes.indexOf(Buffer.from("18538067", "hex"))
        return Buffer.concat([bytes.subarray(0, segment), Buffer.from("ec83000000", "hex"), bytes.subarray(segment)])
      })
      assert.strictEqual(frames, 30)
    })
  )
})
