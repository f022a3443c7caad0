import { Decoder, Demuxer } from "node-av/api"
import {
  AV_DISPOSITION_ATTACHED_PIC,
  AV_PKT_DATA_DISPLAYMATRIX,
  AVERROR_ENOMEM,
  AVMEDIA_TYPE_AUDIO,
  AVMEDIA_TYPE_VIDEO
} from "node-av/constants"
import { Codec, FFmpegError, Packet, type Stream } from "node-av/lib"
import { maxVideoSide } from "../services/media/limits.ts"
import type { VideoProbe } from "../services/media/Videos.ts"
import { recognise } from "./content.ts"
import { Refused } from "./failure.ts"
import { type Size, shown, type Turn, turnOf } from "./geometry.ts"
import { secondsAllowed, startOf } from "./timing.ts"
import { whileReading } from "./whileReading.ts"

// Software decoders of what phones, editors and browsers write. The others stay out of strangers' reach.
const decoders = {
  video: ["h264", "hevc", "libdav1d", "vp8", "libvpx", "vp9", "libvpx-vp9", "mpeg4", "h263", "mjpeg"],
  audio: [
    "aac",
    "libfdk_aac",
    "opus",
    "libopus",
    "vorbis",
    "libvorbis",
    "mp3",
    "mp3float",
    "alac",
    "ac3",
    "eac3"
  ].concat(["amrnb", "amrwb", "flac", "pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_f32le", "pcm_alaw", "pcm_mulaw"])
}
const threads = 2

export type Source = {
  readonly demuxer: Demuxer
  readonly video: Stream
  readonly audio: Stream | undefined
  readonly size: Size
  readonly turn: Turn
  /** The time that its first picture or sound has, in seconds. */
  readonly start: number
  /** From there on; 0 when the file does not say. */
  readonly seconds: number
}

/** Opens a file by its content, or says why not. So many of the tracks of sound that it has are known to be empty. */
export const openSource = async (path: string, empty = 0): Promise<Source> => {
  const container = await recognise(path)
  const demuxer = await whileReading(() =>
    Demuxer.open(`file:${path}`, {
      format: container,
      skipStreamInfo: true,
      options: {
        protocol_whitelist: "file",
        format_whitelist: container === "mov" ? "mov,mp4,m4a,3gp,3g2,mj2" : "matroska,webm",
        codec_whitelist: [...decoders.video, ...decoders.audio].join(","),
        max_streams: 32
      }
    })
  )
  // Before anything is decoded: what the index promises must be within the limits.
  checkSides(demuxer)
  if (container === "mov" && demuxer.duration > secondsAllowed) throw new Refused("too_long")
  const found = await demuxer.getFormatContext().findStreamInfo(null)
  if (found === AVERROR_ENOMEM) throw new Refused("too_much_memory")
  if (found < 0) throw new Refused("damaged", { cause: new FFmpegError(found) })
  checkSides(demuxer)
  const [video] = decodable(picturesOf(demuxer), decoders.video)
  if (video === undefined) throw new Refused("no_picture")
  const sounds = demuxer.streams.filter(({ codecpar }) => codecpar.codecType === AVMEDIA_TYPE_AUDIO)
  const audio = decodable(sounds, decoders.audio)[empty]
  const { codecpar } = video
  if (codecpar.width <= 0 || codecpar.height <= 0) throw new Refused("damaged")
  const turn = turnOf(codecpar.getCodedSideData(AV_PKT_DATA_DISPLAYMATRIX))
  const aspect = video.sampleAspectRatio.num > 0 ? video.sampleAspectRatio : codecpar.sampleAspectRatio
  const start = startOf([video, audio])
  // Matroska's says when it ends, which is no length when it does not begin at 0.
  const seconds = Math.max(0, demuxer.duration - (container === "matroska" ? start : 0))
  if (seconds > secondsAllowed) throw new Refused("too_long")
  return { demuxer, video, audio, turn, size: shown(codecpar, aspect, turn), start, seconds }
}

const checkSides = (demuxer: Demuxer) => {
  for (const { codecpar } of demuxer.streams) {
    if (codecpar.codecType !== AVMEDIA_TYPE_VIDEO) continue
    if (codecpar.width > maxVideoSide || codecpar.height > maxVideoSide) throw new Refused("too_many_pixels")
  }
}

const picturesOf = ({ streams }: Demuxer) =>
  streams.filter(
    (stream) => stream.codecpar.codecType === AVMEDIA_TYPE_VIDEO && !stream.hasDisposition(AV_DISPOSITION_ATTACHED_PIC)
  )

/** Phones put a track for their own kind beside one that everybody reads, in either order. */
const decodable = (streams: ReadonlyArray<Stream>, allowed: ReadonlyArray<string>) => {
  const found = streams.filter(({ codecpar }) => {
    const name = Codec.findDecoder(codecpar.codecId)?.name
    return name != null && allowed.includes(name)
  })
  if (found.length === 0 && streams.length > 0) throw new Refused("unsupported")
  return found
}

/**
 * The packets of all streams, each until the next is asked for, and none read ahead: `Demuxer.packets` keeps a processor
 * busy with looking whether somebody took what it has read. It ends where nothing more can be read.
 */
export async function* packetsOf({ demuxer }: Source) {
  const context = demuxer.getFormatContext()
  using packet = new Packet()
  packet.alloc()
  while ((await context.readFrame(packet)) >= 0) {
    yield packet
    packet.unref()
  }
}

/** Errors in single packets are passed over, as players do; who asks counts what comes out. */
export const openDecoder = (stream: Stream) =>
  whileReading(() =>
    Decoder.create(stream, {
      exitOnError: false,
      threadCount: threads,
      options: { max_pixels: maxVideoSide * maxVideoSide }
    })
  )

export const probeOf = ({ size, seconds }: Source): VideoProbe => ({ ...size, duration_ms: Math.round(seconds * 1000) })
