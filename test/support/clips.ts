/** Videos made for a test, with the library that reads them. */
import { spawnSync } from "node:child_process"
import { readFile, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { Demuxer, Encoder, FilterAPI, Muxer } from "node-av/api"
import {
  AV_CHANNEL_ORDER_NATIVE,
  AV_LOG_FATAL,
  AV_PIX_FMT_YUV420P,
  AV_PKT_DATA_DISPLAYMATRIX,
  AV_SAMPLE_FMT_FLTP,
  FF_ENCODER_AAC,
  FF_ENCODER_FFV1,
  FF_ENCODER_LIBOPUS,
  FF_ENCODER_LIBVPX_VP9,
  FF_ENCODER_LIBX264,
  FF_ENCODER_LIBX265
} from "node-av/constants"
import { Dictionary, Frame, Log, Rational } from "node-av/lib"

export type Clip = {
  readonly width: number
  readonly height: number
  readonly seconds: number
  readonly fps?: number
  readonly format?: "mp4" | "mov" | "webm" | "matroska"
  readonly codec?: "h264" | "hevc" | "vp9" | "ffv1"
  readonly sound?: boolean
  /** A track of sound that holds none. */
  readonly emptySound?: boolean
  /** How a player turns it, clockwise. */
  readonly rotation?: 90 | 180 | 270
  readonly blackSeconds?: number
  /** How long the second half waits for the first. */
  readonly gapSeconds?: number
  /** The camera is turned when half of it is filmed: the second half has its sides the other way round. */
  readonly turnedMidway?: boolean
  /** From here on there is one frame a second. */
  readonly slowAfterSeconds?: number
  /** When it begins; before 0, so much of it is cut off by the edit list. */
  readonly startsAt?: number
  /** How much later than the other track a track begins. */
  readonly pictureLate?: number
  readonly soundLate?: number
  /** A track of sound before the one that is heard, which nothing decodes, or which holds none. */
  readonly firstSound?: "unknown" | "empty"
  /** A conversion of the frames, such as to ten bits. */
  readonly filter?: string
  readonly metadata?: Record<string, string>
}

const videoEncoders = {
  h264: FF_ENCODER_LIBX264,
  hevc: FF_ENCODER_LIBX265,
  vp9: FF_ENCODER_LIBVPX_VP9,
  ffv1: FF_ENCODER_FFV1
}

/** Top-left white, bottom-right dark, a bar that moves: turned, mirrored and still pictures are told apart. */
const picture = (width: number, height: number, at: number, black: boolean) => {
  const luma = Buffer.alloc(width * height, black ? 16 : 90)
  const chroma = Buffer.alloc(2 * Math.ceil(width / 2) * Math.ceil(height / 2), 128)
  if (black) return Buffer.concat([luma, chroma])
  for (let y = 0; y < height; y++) {
    if (y < height / 4) luma.fill(235, y * width, y * width + Math.floor(width / 4))
    const bar = Math.floor(((at * 40) % (width - 16)) + 0)
    if (y > height / 2) luma.fill(200, y * width + bar, y * width + bar + 16)
    if (y > (height * 3) / 4) luma.fill(30, y * width + Math.floor((width * 3) / 4), (y + 1) * width)
  }
  return Buffer.concat([luma, chroma])
}

const stereo = { nbChannels: 2, order: AV_CHANNEL_ORDER_NATIVE, mask: 3n }

const tone = (from: number, samples: number) => {
  const data = Buffer.alloc(samples * 8)
  for (let i = 0; i < samples; i++) {
    const value = Math.sin((2 * Math.PI * 440 * (from + i)) / 48_000) * 0.3
    data.writeFloatLE(value, i * 4)
    data.writeFloatLE(value, (samples + i) * 4)
  }
  return data
}

const heardAt = (from: number, samples: number) =>
  Frame.fromAudioBuffer(tone(from, samples), {
    nbSamples: samples,
    format: AV_SAMPLE_FMT_FLTP,
    sampleRate: 48_000,
    channelLayout: stereo,
    timeBase: new Rational(1, 48_000),
    pts: BigInt(from)
  })

const turns = { 90: [0, 1, -1, 0], 180: [-1, 0, 0, -1], 270: [0, -1, 1, 0] } as const

const displayMatrix = (rotation: 90 | 180 | 270) => {
  const matrix = Buffer.alloc(36)
  const [a, b, c, d] = turns[rotation]
  for (const [at, value] of [
    [0, a],
    [4, b],
    [12, c],
    [16, d]
  ] as const)
    matrix.writeInt32LE(value * 65_536, at)
  matrix.writeInt32LE(1 << 30, 32)
  return matrix
}

type Shift = Pick<Clip, "startsAt" | "pictureLate" | "soundLate">

/** The packets of these files, one after the other, as the clip says: turned, late, without sound or with too much. */
const remuxed = async (parts: ReadonlyArray<string>, to: string, clip: Clip) => {
  const { rotation, emptySound = false, firstSound, format = "mp4", seconds } = clip
  const [first = ""] = parts
  await using input = await Demuxer.open(first)
  await using muxer = await Muxer.open(to, { input, format })
  const sound = input.audio()
  const indices = input.streams.map((stream) => {
    if (firstSound !== undefined && stream.index === sound?.index) muxer.addStream(stream)
    return muxer.addStream(stream)
  })
  if (rotation !== undefined) {
    muxer.video()?.codecpar.addCodedSideData(AV_PKT_DATA_DISPLAYMATRIX, displayMatrix(rotation))
  }
  for (const [i, part] of parts.entries()) {
    await using source = i === 0 ? undefined : await Demuxer.open(part)
    for await (using packet of (source ?? input).packets()) {
      const index = packet === null ? undefined : indices[packet.streamIndex]
      if (packet === null || index === undefined) continue
      const isSound = packet.streamIndex === sound?.index
      if (emptySound && isSound) continue
      const by = BigInt(
        Math.round(((delayOf(clip, isSound) + i * (seconds / 2)) * packet.timeBase.den) / packet.timeBase.num)
      )
      packet.pts += by
      packet.dts += by
      if (firstSound === "unknown" && isSound) {
        using copy = packet.clone()
        if (copy !== null) await muxer.writePacket(copy, index - 1)
      }
      await muxer.writePacket(packet, index)
    }
  }
}

const delayOf = ({ startsAt = 0, pictureLate = 0, soundLate = 0 }: Shift, isSound: boolean) =>
  startsAt + (isSound ? soundLate : pictureLate)

/** Its first track of sound is now said to be in a codec that nothing decodes. */
const withUnknownSound = async (file: string) => {
  const bytes = await readFile(file)
  bytes.write("apac", bytes.indexOf("mp4a", 0, "latin1"), "latin1")
  await writeFile(file, bytes)
}

/**
 * The library at times ends the process that hands it frames (SIGSEGV), which must be none that runs tests: the clip is
 * made in a process of its own, and again when that happens. The same clip is made once a process.
 */
export const makeClip = async (file: string, clip: Clip) => {
  const key = JSON.stringify(clip)
  const known = made.get(key)
  if (known !== undefined) return writeFile(file, known)
  encodeElsewhere(file, key)
  made.set(key, await readFile(file))
}

const made = new Map<string, Buffer>()

const encodeElsewhere = (file: string, clip: string) => {
  const program = join(import.meta.dirname, "clipProcess.ts")
  for (let attempt = 1; ; attempt++) {
    const { status, signal, stderr } = spawnSync(
      process.execPath,
      ["--disable-warning=ExperimentalWarning", program, file, clip],
      { encoding: "utf8" }
    )
    if (status === 0) return
    if (signal === null || attempt === 5) throw new Error(`No clip was made (${signal ?? status}): ${stderr}`)
  }
}

const changes = [
  "rotation",
  "emptySound",
  "turnedMidway",
  "startsAt",
  "pictureLate",
  "soundLate",
  "firstSound"
] as const

/** In this process. */
export const makeClipHere = async (file: string, clip: Clip) => {
  if (changes.every((change) => clip[change] === undefined)) return encodeClip(file, clip)
  const half = { ...clip, seconds: clip.seconds / 2 }
  const parts = clip.turnedMidway ? [half, { ...half, width: clip.height, height: clip.width }] : [clip]
  const files = parts.map((_, i) => `${file}.${i}`)
  for (const [i, part] of parts.entries()) await encodeClip(files[i] ?? "", part)
  await remuxed(files, file, clip)
  if (clip.firstSound === "unknown") await withUnknownSound(file)
  for (const part of files) await rm(part)
}

/** A file with sound and nothing to see. */
export const encodeSound = async (file: string) => {
  Log.setLevel(AV_LOG_FATAL)
  await using muxer = await Muxer.open(file, { format: "mp4" })
  using encoder = await Encoder.create(FF_ENCODER_AAC)
  const index = muxer.addStream(encoder)
  for (let i = 0; i < 50; i++) {
    using frame = heardAt(i * 1024, 1024)
    for (using packet of await encoder.encodeAll(frame)) await muxer.writePacket(packet, index)
  }
  for (using packet of await encoder.encodeAll(null)) await muxer.writePacket(packet, index)
}

const encodeClip = async (file: string, clip: Clip) => {
  Log.setLevel(AV_LOG_FATAL)
  const { width, height, seconds, fps = 30, format = "mp4", codec = "h264", sound = true } = clip
  await using muxer = await Muxer.open(file, { format })
  if (clip.metadata !== undefined) muxer.getFormatContext().metadata = Dictionary.fromObject(clip.metadata)
  // A frame made from a buffer has no room behind its planes, where encoders read: a copy has.
  const filter = FilterAPI.create(`copy,${clip.filter ?? "null"}`, { framerate: new Rational(fps, 1) })
  using video = await Encoder.create(videoEncoders[codec], {
    filter,
    options: codec === "vp9" ? { deadline: "realtime", "cpu-used": 8 } : codec === "ffv1" ? {} : { preset: "ultrafast" }
  })
  using audio = await Encoder.create(format === "webm" ? FF_ENCODER_LIBOPUS : FF_ENCODER_AAC, { autoResample: true })
  const videoIndex = muxer.addStream(video)
  const audioIndex = sound ? muxer.addStream(audio) : -1
  const write = async (encoder: Encoder, index: number, frame: Frame | null) => {
    for (using packet of await encoder.encodeAll(frame)) await muxer.writePacket(packet, index)
  }
  const perFrame = 48_000 / fps
  const slowAfter = (clip.slowAfterSeconds ?? Number.POSITIVE_INFINITY) * fps
  for (let i = 0; i < seconds * fps; i++) {
    const left = i > slowAfter && (i - slowAfter) % fps !== 0
    using frame = Frame.fromVideoBuffer(picture(width, height, i, i < (clip.blackSeconds ?? 0) * fps), {
      width,
      height,
      format: AV_PIX_FMT_YUV420P,
      timeBase: new Rational(1, fps),
      pts: BigInt(i + (i < (seconds * fps) / 2 ? 0 : (clip.gapSeconds ?? 0) * fps))
    })
    if (!left) for (using filtered of await filter.processAll(frame)) await write(video, videoIndex, filtered)
    if (!sound) continue
    using heard = heardAt(i * perFrame, perFrame)
    await write(audio, audioIndex, heard)
  }
  for (using filtered of await filter.processAll(null)) await write(video, videoIndex, filtered)
  await write(video, videoIndex, null)
  if (sound) await write(audio, audioIndex, null)
}
