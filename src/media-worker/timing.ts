/** When things are shown and heard: as they were filmed, counted from the first of them. */
import { AV_NOPTS_VALUE } from "node-av/constants"
import { type Frame, Rational, type Stream } from "node-av/lib"
import { maxVideoSeconds } from "../services/media/limits.ts"
import { Refused } from "./failure.ts"

/** Containers round. */
export const secondsAllowed = maxVideoSeconds + 0.5

const maxFps = 30
const slot = 1 / maxFps
// Of what a frame may be early: cameras are not exact, and one in two of 60 a second is earlier than this.
const slack = slot * 0.4

const ticks = 90_000

/** Recorders count from when they were opened, editors from where they cut. */
export const startOf = (streams: ReadonlyArray<Stream | undefined>) => {
  const starts = streams.flatMap((stream) =>
    stream === undefined || stream.startTime === AV_NOPTS_VALUE ? [] : [secondsOf(stream.startTime, stream.timeBase)]
  )
  return Math.max(0, Math.min(...(starts.length === 0 ? [0] : starts)))
}

const secondsOf = (time: bigint, { num, den }: { readonly num: number; readonly den: number }) =>
  (Number(time) * num) / den

/** Where a frame ends. Refuses what lasts longer than it may, whatever the header says. */
export const endOf = ({ pts, duration, timeBase }: Frame, start: number) => {
  if (pts === AV_NOPTS_VALUE) return 0
  const end = secondsOf(pts + (duration > 0n ? duration : 0n), timeBase) - start
  if (end > secondsAllowed) throw new Refused("too_long")
  return end
}

/** The same, in time that begins with the video. */
export const moveBack = (frame: Frame, start: number) => {
  if (frame.pts !== AV_NOPTS_VALUE) frame.pts -= BigInt(Math.round((start * frame.timeBase.den) / frame.timeBase.num))
}

/**
 * Gives frames their times, which may be as uneven as they are. Those above the most a second are passed over, and the
 * first is there from the beginning, however late it comes: players show black before it, or nothing at all.
 */
export const pace = (start: number) => {
  let due: number | undefined
  return (frame: Frame): boolean => {
    const at = Math.max(0, secondsOf(frame.pts, frame.timeBase) - start)
    if (due !== undefined && at < due - slack) return false
    const shownAt = due === undefined ? 0 : at
    due = Math.max(due ?? at, at) + slot
    const duration = secondsOf(frame.duration, frame.timeBase)
    frame.timeBase = new Rational(1, ticks)
    frame.pts = BigInt(Math.round(shownAt * ticks))
    frame.duration = BigInt(Math.round(duration * ticks))
    return true
  }
}

/** About how many frames a second are shown where something moves. */
export const rateOf = ({ avgFrameRate, rFrameRate }: Stream) => {
  const rates = [avgFrameRate, rFrameRate].map(({ num, den }) => (den > 0 ? num / den : 0))
  const fps = Math.max(...rates)
  return fps >= 5 && fps < maxFps ? fps : maxFps
}

export const timeBase = () => new Rational(1, ticks)
