/** Chooses the picture that stands for a video, and writes it. */
import { FilterAPI } from "node-av/api"
import type { Frame } from "node-av/lib"

const samples = 12
const step = 7

/** Contrast of the luma plane; black, white and fades count for little. */
const worth = (frame: Frame): number => {
  const luma = frame.data?.[0]
  const stride = frame.linesize[0]
  if (luma === undefined || stride === undefined) return 0
  let [count, sum, squares] = [0, 0, 0]
  for (let y = 0; y < frame.height; y += step) {
    for (let x = 0; x < frame.width; x += step) {
      const value = luma[y * stride + x] ?? 0
      count++
      sum += value
      squares += value * value
    }
  }
  const mean = sum / count
  const deviation = Math.sqrt(Math.max(0, squares / count - mean * mean))
  return (mean < 40 || mean > 220 ? 0.1 : 1) * (deviation + 1)
}

/** Looks at a dozen frames, evenly spread when the length is known, and keeps the best. */
export const choosePoster = (seconds: number) => {
  const interval = seconds > 0 ? seconds / samples : 1
  let due = 0
  let best: { readonly frame: Frame; readonly worth: number } | undefined
  const look = (frame: Frame, at: number) => {
    if (at < due) return
    due = at + interval
    const value = worth(frame)
    if (best !== undefined && value <= best.worth) return
    const copy = frame.clone()
    if (copy === null) return
    best?.frame.free()
    best = { frame: copy, worth: value }
  }
  const write = async (file: string) => {
    if (best === undefined) throw new Error("no frame was looked at")
    const { width, height } = best.frame
    const [rgb] = await FilterAPI.create("format=rgb24").processAll(best.frame)
    if (rgb === undefined) throw new Error("the poster was not converted")
    // Not before: probing, and what is refused, need no libvips.
    const { default: sharp } = await import("sharp")
    const raw = { width, height, channels: 3 } as const
    await sharp(rgb.toBuffer(), { raw }).jpeg({ quality: 82, progressive: true }).toFile(file)
    return { width, height }
  }
  return { look, write }
}
