import { thousands } from "../services/text.ts"
import { speaksJson, tellProgress } from "./tell.ts"

type Screen = { readonly isTTY?: boolean; readonly columns?: number; write(text: string): unknown }

const redrawEvery = 100
const lineEvery = 10_000
const lineAtLeastEvery = 1000
const barWidth = 24

const duration = (seconds: number) => {
  const whole = Math.ceil(seconds)
  const two = (n: number) => String(n).padStart(2, "0")
  const minutes = Math.floor(whole / 60)
  return minutes < 60
    ? `${minutes}:${two(whole % 60)}`
    : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(whole % 60)}`
}

/**
 * How far a long piece of work is: one line redrawn on a terminal, else a line every tenth of the way or every ten
 * seconds. It goes to standard error, so that standard output stays what was asked for.
 */
export const makeProgress = (label: string, total: number, screen: Screen = process.stderr) => {
  const begunAt = performance.now()
  let done = 0
  let shown = { at: begunAt, tenth: 0 }

  const text = (now: number) => {
    const seconds = (now - begunAt) / 1000
    const rate = done / Math.max(seconds, 0.001)
    const share = done / total
    const time = done < total ? `${duration((total - done) / rate)} left` : `in ${duration(seconds)}`
    const bar = screen.isTTY ? `${"█".repeat(Math.round(share * barWidth)).padEnd(barWidth, "░")} ` : ""
    return `${label} ${bar}${thousands(done)} of ${thousands(total)} (${Math.floor(share * 100)} %), ${thousands(Math.round(rate))}/s, ${time}`
  }

  const isDue = (now: number) => {
    const waited = now - shown.at
    if (done === total) return true
    if (screen.isTTY) return waited >= redrawEvery
    return waited >= lineEvery || (waited >= lineAtLeastEvery && Math.floor((done / total) * 10) > shown.tenth)
  }

  const advance = (by: number) => {
    done += by
    const now = performance.now()
    if (!isDue(now)) return
    shown = { at: now, tenth: Math.floor((done / total) * 10) }
    if (speaksJson()) return tellProgress({ of: label, done, total, seconds: Math.round(now - begunAt) / 1000 })
    if (!screen.isTTY) return screen.write(`${text(now)}\n`)
    const line = text(now).slice(0, (screen.columns ?? 80) - 1)
    screen.write(`\r\x1b[2K${line}${done === total ? "\n" : ""}`)
  }

  /** Leaves the cursor on a line of its own when the work ends early. */
  const end = () => {
    if (screen.isTTY && !speaksJson() && done < total && done > 0) screen.write("\n")
  }

  return { advance, end, done: () => done }
}
