import { Encoder, Muxer } from "node-av/api"
import { AV_CODEC_FLAG_BITEXACT, FF_ENCODER_AAC, FF_ENCODER_LIBX264 } from "node-av/constants"
import { type Frame, type Packet, Rational } from "node-av/lib"
import type { RenditionName } from "../services/media/Videos.ts"
import { timeBase } from "./timing.ts"

// 540p for the feed of a phone on a mobile network, 720p for a good one; either may fall short of it, none exceeds it.
const bitrates: Readonly<Record<RenditionName, number>> = { "540p": 1_500_000, "720p": 2_800_000 }
const secondsBetweenKeyframes = 2

/** Frames keep the times that they have: `fps` is only how many are expected. */
export const encodeVideo = (name: RenditionName, fps: number) =>
  Encoder.create(FF_ENCODER_LIBX264, {
    gopSize: Math.round(fps * secondsBetweenKeyframes),
    maxRate: bitrates[name],
    bufSize: bitrates[name] * 2,
    options: { preset: "veryfast", profile: "high", crf: 23 },
    configure: (context) => {
      context.setFlags(AV_CODEC_FLAG_BITEXACT)
      context.framerate = new Rational(Math.round(fps * 1000), 1000)
      context.timeBase = timeBase()
    }
  })

export const encodeAudio = () =>
  Encoder.create(FF_ENCODER_AAC, { bitrate: 128_000, configure: (context) => context.setFlags(AV_CODEC_FLAG_BITEXACT) })

/** An MP4 being written. The index comes first, so that it plays before it is all there; nothing of the source's metadata. */
export const openOutput = async (file: string, video: Encoder, audio: Encoder | undefined) => {
  const muxer = await Muxer.open(file, {
    format: "mp4",
    options: { movflags: "+faststart", fflags: "+bitexact" }
  })
  const videoIndex = muxer.addStream(video)
  const audioIndex = audio === undefined ? -1 : muxer.addStream(audio)
  return {
    video: async (frame: Frame | null) => {
      for (using packet of await video.encodeAll(frame)) await muxer.writePacket(packet, videoIndex)
    },
    /** Its packets stay the caller's: they go to every rendition. */
    audio: async (packets: ReadonlyArray<Packet>) => {
      for (const packet of packets) await muxer.writePacket(packet, audioIndex)
    },
    close: async () => {
      await muxer.close()
      video.close()
    }
  }
}
export type Output = Awaited<ReturnType<typeof openOutput>>
