import { FilterAPI } from "node-av/api"
import { AVCOL_TRC_ARIB_STD_B67, AVCOL_TRC_SMPTE2084 } from "node-av/constants"
import type { Frame } from "node-av/lib"
import { flipped, type Size, shown, turnFilters, within } from "./geometry.ts"
import type { Source } from "./open.ts"

/** HDR looks grey when its values are taken for SDR's: it is mapped, to BT.709. */
const toneMapped = (transfer: number): ReadonlyArray<string> => {
  const name = transfer === AVCOL_TRC_ARIB_STD_B67 ? "arib-std-b67" : "smpte2084"
  if (transfer !== AVCOL_TRC_ARIB_STD_B67 && transfer !== AVCOL_TRC_SMPTE2084) return []
  return [
    `zscale=tin=${name}:min=bt2020nc:pin=bt2020:t=linear:npl=203`,
    "format=gbrpf32le",
    "zscale=p=bt709",
    "tonemap=hable:desat=0",
    "zscale=t=bt709:m=bt709:r=tv"
  ]
}

/** What these frames take of the rendition: all of it, unless the camera was turned, or grew, while it filmed. */
const sizeIn = (largest: Size, { video, turn }: Source, frame: Frame): Size =>
  frame.width === video.codecpar.width && frame.height === video.codecpar.height
    ? largest
    : within(largest, shown(frame, frame.sampleAspectRatio, turn))

/** From decoded frames like this one to what the largest rendition shows. */
export const toLargest = (source: Source, largest: Size, frame: Frame) => {
  const size = sizeIn(largest, source, frame)
  const { width, height } = source.turn.transposed ? flipped(size) : size
  const chain = [
    `scale=${width}:${height}:flags=bicubic:out_range=tv`,
    ...toneMapped(source.video.codecpar.colorTrc),
    "format=yuv420p",
    ...turnFilters(source.turn),
    `pad=${largest.width}:${largest.height}:-1:-1`,
    "setsar=1",
    "sidedata=delete"
  ]
  return FilterAPI.create(chain.join(","))
}

export const toSmaller = ({ width, height }: Size) =>
  FilterAPI.create(`scale=${width}:${height}:flags=bicubic,setsar=1`)

export const toSound = () =>
  FilterAPI.create(
    "aresample=async=1:first_pts=0,aformat=sample_fmts=fltp:sample_rates=44100|48000:channel_layouts=mono|stereo"
  )
