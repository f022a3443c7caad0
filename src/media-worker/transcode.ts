import { join } from "node:path"
import type { FilterAPI } from "node-av/api"
import type { Frame, Packet } from "node-av/lib"
import { Refused } from "./failure.ts"
import { renditionsOf } from "./geometry.ts"
import { renditionFile } from "./names.ts"
import { openDecoder, packetsOf, type Source } from "./open.ts"
import { toLargest, toSmaller, toSound } from "./pictures.ts"
import { choosePoster } from "./poster.ts"
import { encodeAudio, encodeVideo, type Output, openOutput } from "./rendition.ts"
import { endOf, moveBack, pace, rateOf, secondsAllowed } from "./timing.ts"
import { whileReading } from "./whileReading.ts"

// A slow-motion camera's rate, for as long as a video may be: timestamps may stand still.
const maxFrames = secondsAllowed * 240

type OnProgress = (percent: number) => void

/** One pass: every frame is decoded once and made the largest rendition, and the smaller one is made of that. */
export const transcode = async (source: Source, directory: string, onProgress: OnProgress) => {
  const sizes = renditionsOf(source.size)
  const sound = source.audio === undefined ? undefined : await openSound(source.audio, source.start)
  const pictures = await openPictures(source)
  const outputs = await Promise.all(
    sizes.map(async ({ name }) =>
      openOutput(join(directory, renditionFile(name)), await pictures.encoder(name), sound?.encoder)
    )
  )
  const writing = makeQueue()
  const showAll = async (frames: AsyncIterable<Frame>) => {
    for await (using frame of frames) {
      const held = frame.clone()
      await writing.behind(async () => {
        using shown = held
        await pictures.show(shown, outputs)
      })
    }
  }
  const hearAll = (packets: ReadonlyArray<Packet>) =>
    writing.behind(async () => {
      for (const output of outputs) await output.audio(packets)
      for (const packet of packets) packet.free()
    })
  for await (const packet of packetsOf(source)) {
    if (packet.streamIndex === source.video.index) {
      await showAll(pictures.frames(packet))
      onProgress(source.seconds > 0 ? Math.min(99, Math.floor((pictures.end() / source.seconds) * 100)) : 0)
    } else if (packet.streamIndex === source.audio?.index) await hearAll((await sound?.packets(packet)) ?? [])
  }
  await showAll(pictures.frames(null))
  await writing.behind(() => pictures.show(null, outputs))
  await hearAll((await sound?.packets(null)) ?? [])
  await writing.done()
  const inaudible = sound?.end() === 0
  if (pictures.isDamaged()) throw new Refused("damaged")
  if (!inaudible) for (const output of outputs) await output.close()
  return { inaudible, sizes, poster: pictures.poster, end: Math.max(pictures.end(), sound?.end() ?? 0) }
}

const decodedAhead = 4

/** Work that is done in its order while the next is prepared, of which so much waits at most. */
const makeQueue = () => {
  const waiting: Array<Promise<void>> = []
  let last = Promise.resolve()
  const behind = async (work: () => Promise<void>) => {
    last = last.then(work)
    // Whoever waits hears of it.
    last.catch(() => {})
    waiting.push(last)
    if (waiting.length > decodedAhead) await waiting.shift()
  }
  return { behind, done: () => last }
}

const openPictures = async (source: Source) => {
  const [largest, ...smaller] = renditionsOf(source.size)
  if (largest === undefined) throw new Error("no rendition")
  const decoder = await openDecoder(source.video)
  const filters = smaller.map(toSmaller)
  const poster = choosePoster(source.seconds)
  const paced = pace(source.start)
  let first: { readonly like: Pick<Frame, "width" | "height">; readonly filter: FilterAPI } | undefined
  let [packets, decoded, end] = [0, 0, 0]

  /** Frames of the largest rendition, from the next packet. */
  async function* frames(packet: Packet | null) {
    if (packet !== null) packets++
    for (using frame of await whileReading(() => decoder.decodeAll(packet))) {
      if (++decoded > maxFrames) throw new Refused("too_long")
      end = Math.max(end, endOf(frame, source.start))
      if (paced(frame)) yield* await filterFor(frame).processAll(frame)
    }
  }

  /** None of these filters holds a frame back: another one can take over at any time. */
  const filterFor = (frame: Frame) => {
    const { width, height } = frame
    if (first?.like.width === width && first.like.height === height) return first.filter
    first?.filter.close()
    first = { like: { width, height }, filter: toLargest(source, largest, frame) }
    return first.filter
  }

  const show = async (frame: Frame | null, outputs: ReadonlyArray<Output>) => {
    if (frame !== null) poster.look(frame, (Number(frame.pts) * frame.timeBase.num) / frame.timeBase.den)
    await Promise.all(outputs.map((output, i) => showOn(output, i, frame)))
  }

  const showOn = async (output: Output, i: number, frame: Frame | null) => {
    const filter = i === 0 ? undefined : filters[i - 1]
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
    encoder: (name: Parameters<typeof encodeVideo>[0]) => encodeVideo(name, rateOf(source.video))
  }
}

const openSound = async (stream: NonNullable<Source["audio"]>, start: number) => {
  const [decoder, encoder, filter] = [await openDecoder(stream), await encodeAudio(), toSound()]
  let end = 0
  const packets = async (packet: Packet | null) => {
    const encoded: Array<Packet> = []
    for (using frame of await whileReading(() => decoder.decodeAll(packet))) {
      end = Math.max(end, endOf(frame, start))
      moveBack(frame, start)
      for (using sound of await filter.processAll(frame)) encoded.push(...(await encoder.encodeAll(sound)))
    }
    if (packet !== null || end === 0) return encoded
    for (using sound of await filter.processAll(null)) encoded.push(...(await encoder.encodeAll(sound)))
    encoded.push(...(await encoder.encodeAll(null)))
    return encoded
  }
  return { encoder, packets, end: () => end }
}
