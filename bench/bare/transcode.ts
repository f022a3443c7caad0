/** The bare transcode: the same renditions with the same settings, from a file that is trusted, watched by nobody. */
import { Decoder, Demuxer, Encoder, FilterAPI, Muxer } from "node-av/api"
import { FF_ENCODER_AAC, FF_ENCODER_LIBX264 } from "node-av/constants"
import type { Frame, Packet } from "node-av/lib"

const [file = "", directory = ""] = process.argv.slice(2)

const demuxer = await Demuxer.open(file)
const [video, audio] = [demuxer.video(), demuxer.audio()]
if (video === undefined || audio === undefined) throw new Error(`${file} needs a picture and sound`)
const [pictures, sounds] = [await Decoder.create(video), await Decoder.create(audio)]
const resampled = FilterAPI.create("aresample=48000,aformat=sample_fmts=fltp:channel_layouts=stereo")
const sound = await Encoder.create(FF_ENCODER_AAC, { bitrate: 128_000 })

const rendition = async (name: string, scale: string, rate: number) => {
  const filter = FilterAPI.create(scale)
  const encoder = await Encoder.create(FF_ENCODER_LIBX264, {
    filter,
    gopSize: 60,
    maxRate: rate,
    bufSize: 2 * rate,
    options: { preset: "veryfast", profile: "high", crf: 23 }
  })
  const muxer = await Muxer.open(`${directory}/${name}.mp4`, { format: "mp4", options: { movflags: "+faststart" } })
  const [videoIndex, audioIndex] = [muxer.addStream(encoder), muxer.addStream(sound)]
  const encode = async (frame: Frame | null) => {
    for (using packet of await encoder.encodeAll(frame)) await muxer.writePacket(packet, videoIndex)
  }
  return {
    see: async (frame: Frame | null) => {
      for (using scaled of await filter.processAll(frame)) await encode(scaled)
      if (frame === null) await encode(null)
    },
    hear: (packet: Packet) => muxer.writePacket(packet, audioIndex),
    close: () => muxer.close()
  }
}

const renditions = await Promise.all([
  rendition("720p", "fps=30,scale=1280:720:flags=bicubic,format=yuv420p", 2_800_000),
  rendition("540p", "fps=30,scale=960:540:flags=bicubic,format=yuv420p", 1_500_000)
])

const seen = (frame: Frame | null) =>
  Promise.all(
    renditions.map(async ({ see }) => {
      using copy = frame?.clone() ?? null
      await see(copy)
    })
  )

const heard = async (frame: Frame | null) => {
  for (using packet of await sound.encodeAll(frame)) for (const { hear } of renditions) await hear(packet)
}

for await (using packet of demuxer.packets()) {
  if (packet === null || packet.streamIndex === video.index) {
    for (using frame of await pictures.decodeAll(packet)) await seen(frame)
  }
  if (packet === null || packet.streamIndex === audio.index) {
    for (using frame of await sounds.decodeAll(packet)) {
      for (using converted of await resampled.processAll(frame)) await heard(converted)
    }
  }
}
await seen(null)
for (using converted of await resampled.processAll(null)) await heard(converted)
await heard(null)
for (const { close } of renditions) await close()
process.exit()
