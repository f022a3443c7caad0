import { resolve } from "node:path"
import { Effect } from "effect"
import { type HeifWork, heifWork } from "../../media-worker/heifWork.ts"
import type { PictureTask } from "../../media-worker/protocol.ts"
import type { UserId } from "../../services/auth/model.ts"
import { ImageTooLarge, ImageUnreadable, type VideoFailed, type VideoFailure } from "../../services/media/errors.ts"
import { maxMegapixels } from "../../services/media/limits.ts"
import { makeLine } from "../line.ts"
import { hear, startWorker, type WorkerOptions } from "./worker.ts"

export type Converted = PictureTask["format"]

const megapixel = 1_000_000

/** A grid, its tiles which reach over its edge, the same of its alpha: small ones of tiles that are not. */
const mostWork = ({ width, height }: HeifWork, format: Converted) =>
  Math.min(5 * width * height + 4 * megapixel, 3 * maxMegapixels[format] * megapixel)

/** Seconds, by what the file says of its pixels: one that says less than the truth gets no time for more. */
const timeLimit = ({ pixels }: HeifWork) => Math.min(25, 6 + 0.4 * (pixels / megapixel))

const examined = Effect.fnUntraced(function* (file: string, format: Converted) {
  const work = yield* Effect.tryPromise({
    try: () => heifWork(file),
    catch: () => new ImageUnreadable({ reason: "damaged" })
  })
  const { width, height, pixels } = work
  const max_megapixels = maxMegapixels[format]
  if (width * height > max_megapixels * megapixel) return yield* new ImageTooLarge({ width, height, max_megapixels })
  if (pixels > mostWork(work, format)) return yield* new ImageUnreadable({ reason: "slow" })
  return work
})

/**
 * Writes HEIC and AVIF pictures as PNG, upright and of at most so many pixels a side: one at a time, each in a worker
 * process, which goes before videos, for somebody waits. No other process decodes them: what libheif does can be
 * stopped only by ending its process.
 */
export const pictureConverter = (options: WorkerOptions) => {
  const inLine = makeLine(1)

  const convert = Effect.fnUntraced(function* (task: PictureTask, work: HeifWork) {
    const { child, within } = yield* startWorker({ niceness: 0, ...options })
    child.tell(task)
    yield* within(`${timeLimit(work)} seconds`, hear(child, "converted"))
  }, Effect.scoped)

  return Effect.fnUntraced(
    function* (user: UserId, format: Converted, file: string, output: string, longest: number) {
      const work = yield* examined(file, format)
      const task = { type: "picture", format, file: resolve(file), output: resolve(output), longest } as const
      yield* inLine({ share: 1, user }, convert(task, work))
    },
    Effect.catchTag("VideoFailed", (error) => Effect.fail(unreadable(error)))
  )
}

/** What need not lie in the file. */
const ofMachine: { readonly [Reason in VideoFailure]?: ImageUnreadable["reason"] } = {
  took_too_long: "slow",
  too_much_memory: "crashed",
  crashed: "crashed"
}

const unreadable = ({ reason }: VideoFailed) => new ImageUnreadable({ reason: ofMachine[reason] ?? "damaged" })
