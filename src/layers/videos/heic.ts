import { resolve } from "node:path"
import { Effect, Semaphore } from "effect"
import { ImageTooLarge, ImageUnreadable, type VideoFailed } from "../../services/media/errors.ts"
import { maxMegapixels } from "../../services/media/limits.ts"
import { queueUp } from "../queueUp.ts"
import { hear, startWorker, type WorkerOptions } from "./worker.ts"

const timeLimit = "25 seconds"

/**
 * Writes HEIC pictures as PNG, upright and of at most so many pixels a side: one at a time, each in a worker process,
 * which goes before videos, for somebody waits.
 */
export const heicConverter = Effect.fnUntraced(function* (options: WorkerOptions) {
  const turn = yield* Semaphore.make(1)

  const work = Effect.fnUntraced(function* (file: string, output: string, longest: number) {
    const { child, within } = yield* startWorker({ niceness: 0, ...options })
    child.tell({ type: "picture", file: resolve(file), output: resolve(output), longest })
    const converted = Effect.gen(function* () {
      const { probe } = yield* hear(child, "probed")
      const { width, height } = probe
      const tooLarge = () => new ImageTooLarge({ width, height, max_megapixels: maxMegapixels.heic })
      yield* Effect.mapError(hear(child, "converted"), (error) =>
        error.reason === "too_many_pixels" ? tooLarge() : error
      )
    })
    yield* within(timeLimit, converted)
  }, Effect.scoped)

  return (file: string, output: string, longest: number) =>
    queueUp(turn, 1, work(file, output, longest)).pipe(
      Effect.catchTag("VideoFailed", (error) => Effect.fail(unreadable(error)))
    )
})

const unreadable = ({ reason }: VideoFailed) =>
  new ImageUnreadable({ reason: reason === "took_too_long" ? "slow" : "damaged" })
