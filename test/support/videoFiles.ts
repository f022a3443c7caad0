/** What a file is, read without the code under test. */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect } from "effect"
import { Decoder, Demuxer } from "node-av/api"
import { AV_PKT_DATA_DISPLAYMATRIX, AV_PROFILE_H264_HIGH } from "node-av/constants"
import { avGetCodecName, avGetPixFmtName } from "node-av/lib"

/** A directory until the scope closes. */
export const temporaryDirectory = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "zst-video-"))),
  (directory) => Effect.promise(() => rm(directory, { recursive: true, force: true }))
)

export const filesIn = (directory: string) => Effect.promise(async () => (await readdir(directory)).toSorted())

export const topBoxes = (file: Buffer) => {
  const types: Array<string> = []
  for (let at = 0; at < file.length; at += Math.max(8, file.readUInt32BE(at)))
    types.push(file.toString("latin1", at + 4, at + 8))
  return types
}

export const describeVideo = (path: string) =>
  Effect.promise(async () => {
    await using demuxer = await Demuxer.open(path)
    const [video, audio] = [demuxer.video(), demuxer.audio()]
    if (video === undefined) throw new Error(`${path} has no video`)
    const keyframes: Array<number> = []
    const times: Array<number> = []
    for await (using packet of demuxer.packets(video.index)) {
      if (packet === null) break
      const at = (Number(packet.pts) * video.timeBase.num) / video.timeBase.den
      times.push(at)
      if (packet.isKeyframe) keyframes.push(at)
    }
    const { codecpar } = video
    return {
      codec: avGetCodecName(codecpar.codecId),
      high: codecpar.profile === AV_PROFILE_H264_HIGH,
      pixels: avGetPixFmtName(codecpar.format as Parameters<typeof avGetPixFmtName>[0]),
      width: codecpar.width,
      height: codecpar.height,
      turned: codecpar.getCodedSideData(AV_PKT_DATA_DISPLAYMATRIX) !== null,
      sound: audio === undefined ? undefined : avGetCodecName(audio.codecpar.codecId),
      seconds: demuxer.duration,
      frames: times.length,
      times: times.toSorted((a, b) => a - b),
      keyframes,
      boxes: topBoxes(await readFile(path))
    }
  })

const inCorners = [
  [0.1, 0.1],
  [0.9, 0.1],
  [0.1, 0.9],
  [0.9, 0.9]
] as const

/** Luma of the first frame from this time on, at places given in parts of its sides. */
export const lumas = <const Places extends ReadonlyArray<readonly [x: number, y: number]>>(
  path: string,
  places: Places,
  from = 0
) =>
  Effect.promise(async () => {
    await using demuxer = await Demuxer.open(path)
    const video = demuxer.video()
    if (video === undefined) throw new Error(`${path} has no video`)
    using decoder = await Decoder.create(video)
    for await (using frame of decoder.frames(demuxer.packets(video.index))) {
      const luma = frame?.data?.[0]
      const stride = frame?.linesize[0]
      if (frame === null || luma === undefined || stride === undefined) break
      if ((Number(frame.pts) * frame.timeBase.num) / frame.timeBase.den < from) continue
      return places.map(([x, y]) => luma[Math.floor(y * frame.height) * stride + Math.floor(x * frame.width)] ?? 0) as {
        readonly [K in keyof Places]: number
      }
    }
    throw new Error(`${path} has no frame`)
  })

/** Top left, top right, bottom left, bottom right. */
export const corners = (path: string) => lumas(path, inCorners)
