import { join } from "node:path"
import { AV_NOPTS_VALUE } from "node-av/constants"
import type { Frame, Packet } from "node-av/lib"
import { Refused, whileReading } from "./failure.ts"
import { renditionsOf } from "./geometry.ts"
import { renditionFile } from "./names.ts"
import { openDecoder, type Source, secondsAllowed } from "./open.ts"
import { rateOf, toLargest, toSmaller, toSound } from "./pictures.ts"
import { choosePoster } from "./poster.ts"
import { encodeAudio, encodeVideo, type Output, openOutput } from "./rendition.ts"

// A slow-motion camera's rate, for as long as a video may be: timestamps may stand still.
const maxFrames = secondsAllowed * 240

type OnProgress = (percent: number) => void

/** One pass: every frame is decoded once and made the largest rendition, and the smaller one is made of that. */
export const transcode = async (source: Source, directory: string, onProgress: OnProgress) => {
  const sizes = renditionsOf(source.size)
  const sound = source.audio === undefined ? undefined : await openSound(source.audio)
  const pictures = await openPictures(source)
  const outputs = await Promise.all(
    sizes.map(async ({ name }, i) =>
      openOutput(join(directory, renditionFile(name)), await pictures.encoder(name, i), sound?.encoder)
    )
  )
  const showAll = async (frames: AsyncIterable<Frame>) => {
    for await (using frame of frames) await pictures.show(frame, outputs)
  }
  const hearAll = async (packets: ReadonlyArray<Packet>) => {
    for (const output of outputs) await output.audio(packets)
    for (const packet of packets) packet.free()
  }
  for await (using packet of source.demuxer.packets()) {
    if (packet === null) break
    if (packet.streamIndex === source.video.index) {
      await showAll(pictures.frames(packet))
      onProgress(source.seconds > 0 ? Math.min(99, Math.floor((pictures.end() / source.seconds) * 100)) : 0)
    } else if (packet.streamIndex === source.audio?.index) await hearAll((await sound?.packets(packet)) ?? [])
  }
  await showAll(pictures.frames(null))
  await pictures.show(null, outputs)
  await hearAll((await sound?.packets(null)) ?? [])
  const inaudible = sound?.end() === 0
  if (pictures.isDamaged()) throw new Refused("damaged")
  if (!inaudible) for (const output of outputs) await output.close()
  return { inaudible, sizes, poster: pictures.poster, end: Math.max(pictures.end(), sound?.end() ?? 0) }
}

/** Where a frame ends. Refuses what lasts longer than it may, whatever the header says. */
const endOf = ({ pts, duration, timeBase: { num, den } }: Frame) => {
  const end = pts === AV_NOPTS_VALUE ? 0 : (Number(pts + (duration > 0n ? duration : 0n)) * num) / den
  if (end > secondsAllowed) throw new Refused("too_long")
  return end
}

const openPictures = async (source: Source) => {
  const [largest, ...smaller] = renditionsOf(source.size)
  if (largest === undefined) throw new Error("no rendition")
  const decoder = await openDecoder(source.video)
  const { num, den } = rateOf(source)
  const filters = [toLargest(source, largest), ...smaller.map(toSmaller)] as const
  const poster = choosePoster(source.seconds)
  let [packets, decoded, end] = [0, 0, 0]

  /** Frames of the largest rendition, from the next packet. */
  async function* frames(packet: Packet | null) {
    if (packet !== null) packets++
    for (using frame of await whileReading(() => decoder.decodeAll(packet))) {
      if (++decoded > maxFrames) throw new Refused("too_long")
      end = Math.max(end, endOf(frame))
      yield* await filters[0].processAll(frame)
    }
    if (packet === null) yield* await filters[0].processAll(null)
  }

  const show = async (frame: Frame | null, outputs: ReadonlyArray<Output>) => {
    if (frame !== null) poster.look(frame, (Number(frame.pts) * frame.timeBase.num) / frame.timeBase.den)
    await Promise.all(outputs.map((output, i) => showOn(output, i, frame)))
  }

  const showOn = async (output: Output, i: number, frame: Frame | null) => {
    const filter = i === 0 ? undefined : filters[i]
    // A frame of its own for each: encoders and filters move its timestamps.
    using copy = frame?.clone() ?? null
    if (filter === undefined) return await output.video(copy)
    for (using scaled of await filter.processAll(copy)) await output.video(scaled)
    if (frame === null) await output.video(null)
  }

  return {
    frames,
    show,
    poster,
    end: () => end,
    // Players pass over a broken packet too; some codecs have packets that show nothing.
    isDamaged: () => decoded === 0 || decoded < packets / 2,
    encoder: (name: Parameters<typeof encodeVideo>[0], i: number) =>
      encodeVideo(name, num / den, filters[i] ?? filters[0])
  }
}

const openSound = async (stream: NonNullable<Source["audio"]>) => {
  const [decoder, encoder, filter] = [await openDecoder(stream), await encodeAudio(), toSound()]
  let end = 0
  const packets = async (packet: Packet | null) => {
    const encoded: Array<Packet> = []
    for (using frame of await whileReading(() => decoder.decodeAll(packet))) {
      end = Math.max(end, endOf(frame))
      for (using sound of await filter.processAll(frame)) encoded.push(...(await encoder.encodeAll(sound)))
    }
    if (packet !== null || end === 0) return encoded
    for (using sound of await filter.processAll(null)) encoded.push(...(await encoder.encodeAll(sound)))
    encoded.push(...(await encoder.encodeAll(null)))
    return encoded
  }
  return { encoder, packets, end: () => end }
}
