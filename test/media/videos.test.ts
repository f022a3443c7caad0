import { readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import sharp from "sharp"
import * as NodeAvVideos from "../../src/layers/NodeAvVideos.ts"
import type { UserId } from "../../src/services/auth/model.ts"
import { Videos } from "../../src/services/media/Videos.ts"
import { type Clip, makeClip } from "../support/clips.ts"
import { corners, describeVideo, filesIn, temporaryDirectory } from "../support/videoFiles.ts"

const landscape: Clip = { width: 1280, height: 720, seconds: 3 }

/** What comes of a clip, and the percents that were told on the way. */
const processed = Effect.fnUntraced(function* (clip: Clip) {
  const [source, directory] = [yield* temporaryDirectory, yield* temporaryDirectory]
  const file = join(source, `clip.${clip.format ?? "mp4"}`)
  yield* Effect.promise(() => makeClip(file, clip))
  const percents: Array<number> = []
  const { process } = yield* Videos
  const video = yield* process(file, directory, (percent) => Effect.sync(() => percents.push(percent)))
  const renditions = yield* Effect.forEach(video.renditions, ({ file }) => describeVideo(file))
  return { source: file, directory, video, renditions, percents }
})

const sizes = (of: ReadonlyArray<{ readonly width: number; readonly height: number }>) =>
  of.map(({ width, height }) => `${width}x${height}`)

layer(NodeAvVideos.layer(), { excludeTestServices: true, timeout: "2 minutes" })("videos", (it) => {
  it.effect("MP4 becomes two renditions that any browser plays, and starts before it is all there", () =>
    Effect.gen(function* () {
      const { video, renditions, directory } = yield* processed(landscape)
      assert.deepStrictEqual(
        video.renditions.map(({ name }) => name),
        ["540p", "720p"]
      )
      assert.deepStrictEqual(sizes(renditions), ["960x540", "1280x720"])
      assert.deepStrictEqual(sizes(video.renditions), ["960x540", "1280x720"])
      for (const { codec, high, pixels, sound, turned, boxes, seconds } of renditions) {
        assert.deepStrictEqual(
          { codec, high, pixels, sound, turned },
          {
            codec: "h264",
            high: true,
            pixels: "yuv420p",
            sound: "aac",
            turned: false
          }
        )
        assert.isBelow(boxes.indexOf("moov"), boxes.indexOf("mdat"))
        assert.closeTo(seconds, 3, 0.15)
      }
      assert.closeTo(video.duration_ms, 3000, 100)
      assert.deepStrictEqual(yield* filesIn(directory), ["540p.mp4", "720p.mp4", "poster.jpg"])
    })
  )

  it.effect("progress only rises, and ends with 100", () =>
    Effect.gen(function* () {
      const { percents } = yield* processed(landscape)
      assert.deepStrictEqual(
        percents,
        [...new Set(percents)].toSorted((a, b) => a - b)
      )
      assert.strictEqual(percents.at(-1), 100)
      assert.isAbove(percents.length, 10)
    })
  )

  it.effect("a picture can be entered every two seconds", () =>
    Effect.gen(function* () {
      const { renditions } = yield* processed({ width: 640, height: 360, seconds: 5 })
      for (const { keyframes } of renditions) {
        const gaps = [...keyframes, 5].map((at, i) => at - (keyframes[i - 1] ?? 0))
        assert.isAtMost(Math.max(...gaps), 2.05)
      }
    })
  )

  it.effect("a portrait keeps its shape", () =>
    Effect.gen(function* () {
      const { renditions } = yield* processed({ width: 720, height: 1280, seconds: 2 })
      assert.deepStrictEqual(sizes(renditions), ["540x960", "720x1280"])
    })
  )

  for (const [rotation, white] of [
    [90, 1],
    [180, 3],
    [270, 2]
  ] as const) {
    it.effect(`what a phone says is turned by ${rotation} degrees is turned`, () =>
      Effect.gen(function* () {
        const { video, renditions } = yield* processed({ width: 640, height: 360, seconds: 1, rotation })
        const size = rotation === 180 ? "640x360" : "360x640"
        assert.deepStrictEqual([...sizes(renditions), ...sizes([video, video.poster])], [size, size, size])
        const [{ file }] = [video.renditions[0] ?? { file: "" }]
        const lumas = yield* corners(file)
        assert.strictEqual(lumas.indexOf(Math.max(...lumas)), white)
      })
    )
  }

  it.effect("nothing is enlarged: a small source has one rendition, of its own size", () =>
    Effect.gen(function* () {
      const { video, renditions } = yield* processed({ width: 640, height: 480, seconds: 1 })
      assert.deepStrictEqual(sizes(renditions), ["640x480"])
      assert.deepStrictEqual(
        video.renditions.map(({ name }) => name),
        ["540p"]
      )
    })
  )

  it.effect("MOV is taken, and where it was filmed is in nothing that comes of it", () =>
    Effect.gen(function* () {
      const place = "+36.7538+003.0588/"
      const { source, video } = yield* processed({
        ...landscape,
        seconds: 1,
        format: "mov",
        metadata: { location: place }
      })
      assert.isTrue(readFileSync(source).includes(place), "the source tells the place")
      for (const { file } of [video.poster, ...video.renditions]) {
        const bytes = readFileSync(file)
        assert.isFalse(bytes.includes("+36.7") || bytes.includes("Exif"))
      }
    })
  )

  it.effect("WebM (VP9 and Opus) is taken", () =>
    Effect.gen(function* () {
      const { renditions } = yield* processed({ width: 640, height: 360, seconds: 2, format: "webm", codec: "vp9" })
      assert.deepStrictEqual(
        renditions.map(({ codec, sound, width }) => ({ codec, sound, width })),
        [{ codec: "h264", sound: "aac", width: 640 }]
      )
      assert.closeTo(renditions[0]?.seconds ?? 0, 2, 0.15)
    })
  )

  it.effect("a silent video stays silent", () =>
    Effect.gen(function* () {
      const { renditions } = yield* processed({ width: 640, height: 360, seconds: 1, sound: false })
      assert.deepStrictEqual(
        renditions.map(({ sound }) => sound),
        [undefined]
      )
    })
  )

  it.effect("a track of sound that holds none is left out", () =>
    Effect.gen(function* () {
      const clip: Clip = { width: 640, height: 360, seconds: 1, format: "webm", codec: "vp9", emptySound: true }
      const { renditions, percents } = yield* processed(clip)
      assert.deepStrictEqual(
        renditions.map(({ sound, frames }) => ({ sound, frames })),
        [{ sound: undefined, frames: 30 }]
      )
      assert.strictEqual(percents.at(-1), 100)
    })
  )

  it.effect("60 frames a second become 30, in the same time", () =>
    Effect.gen(function* () {
      const { renditions } = yield* processed({ width: 640, height: 360, seconds: 2, fps: 60 })
      assert.closeTo(renditions[0]?.frames ?? 0, 60, 2)
      assert.closeTo(renditions[0]?.seconds ?? 0, 2, 0.15)
    })
  )

  it.effect("ten bits and HDR become eight bits that look alike", () =>
    Effect.gen(function* () {
      const hlg =
        "format=yuv420p10le,setparams=color_primaries=bt2020:color_trc=arib-std-b67:colorspace=bt2020nc:range=tv"
      const clip: Clip = { width: 640, height: 360, seconds: 1, codec: "hevc" }
      for (const filter of ["format=yuv420p10le", hlg]) {
        const { video, renditions } = yield* processed({ ...clip, filter })
        assert.strictEqual(renditions[0]?.pixels, "yuv420p")
        const [topLeft, topRight, , bottomRight] = yield* corners(video.renditions[0]?.file ?? "")
        assert.isAbove(topLeft, topRight + 50)
        assert.isAbove(topRight, bottomRight + 10)
      }
    })
  )

  it.effect("the poster is not one of the black frames that a video begins with", () =>
    Effect.gen(function* () {
      const { video } = yield* processed({ width: 640, height: 360, seconds: 4, blackSeconds: 2.5 })
      const { channels } = yield* Effect.promise(() => sharp(video.poster.file).stats())
      assert.isAbove(channels[0]?.mean ?? 0, 60)
      const { format, width, height } = yield* Effect.promise(() => sharp(video.poster.file).metadata())
      assert.deepStrictEqual({ format, width, height }, { format: "jpeg", width: 640, height: 360 })
    })
  )

  it.effect("odd sides lose a line", () =>
    Effect.gen(function* () {
      const { renditions } = yield* processed({ width: 321, height: 243, seconds: 1, filter: "format=yuv444p" })
      assert.deepStrictEqual(sizes(renditions), ["320x242"])
    })
  )

  it.effect("probing says how long it is, and its size as it is shown", () =>
    Effect.gen(function* () {
      const file = join(yield* temporaryDirectory, "clip.mp4")
      yield* Effect.promise(() => makeClip(file, { width: 640, height: 360, seconds: 2, rotation: 90 }))
      const { duration_ms, ...size } = yield* (yield* Videos).probe(
        "01890a5d-ac96-774b-bcce-b302099a8057" as UserId,
        file
      )
      assert.closeTo(duration_ms, 2000, 100)
      assert.deepStrictEqual(size, { width: 360, height: 640 })
    })
  )
})
