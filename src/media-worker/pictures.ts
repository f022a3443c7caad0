import { FilterAPI } from "node-av/api"
import { AVCOL_TRC_ARIB_STD_B67, AVCOL_TRC_SMPTE2084 } from "node-av/constants"
import { flipped, type Size, turnFilters } from "./geometry.ts"
import type { Source } from "./open.ts"

const maxFps = 30

/** Constant: the source's own rate, where it says a likely one. */
export const rateOf = ({ video }: Source) => {
  const { num, den } = video.avgFrameRate
  const fps = den > 0 ? num / den : maxFps
  return fps >= 5 && fps < maxFps ? { num, den } : { num: maxFps, den: 1 }
}

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

/** From decoded frames to what the largest rendition shows. */
export const toLargest = (source: Source, size: Size) => {
  const { width, height } = source.turn.transposed ? flipped(size) : size
  const { num, den } = rateOf(source)
  const chain = [
    `fps=${num}/${den}:start_time=0`,
    `scale=${width}:${height}:flags=bicubic:out_range=tv`,
    ...toneMapped(source.video.codecpar.colorTrc),
    "format=yuv420p",
    ...turnFilters(source.turn),
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
