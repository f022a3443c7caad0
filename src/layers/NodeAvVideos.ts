import { rm } from "node:fs/promises"
import { join, resolve } from "node:path"
import { Effect, Layer, Semaphore } from "effect"
import { recognise } from "../media-worker/content.ts"
import { Refused } from "../media-worker/failure.ts"
import { outputNames, posterName, renditionFile } from "../media-worker/names.ts"
import type { Task } from "../media-worker/protocol.ts"
import { VideoFailed } from "../services/media/errors.ts"
import { maxVideoSeconds } from "../services/media/limits.ts"
import { type ProcessedVideo, type VideoProbe, Videos } from "../services/media/Videos.ts"
import { makeLine } from "./line.ts"
import { hear, startWorker, type WorkerOptions } from "./videos/worker.ts"

export type Options = WorkerOptions & {
  /** How many videos are processed at once, 1 unless said: each takes as many processors as there are. */
  readonly concurrency?: number | undefined
}

const probeLimit = "5 seconds"
const timeLimit = (durationMs: number) => 2 * (durationMs > 0 ? durationMs : maxVideoSeconds * 1000) + 30_000

/** Videos by FFmpeg (node-av), each in a worker process that this one watches over. */
export const layer = (options: Options = {}): Layer.Layer<Videos> =>
  Layer.effect(
    Videos,
    Effect.gen(function* () {
      const turns = yield* Semaphore.make(options.concurrency ?? 1)
      // Probing is quick and somebody waits for it: it does not stand behind videos that are processed.
      const inLine = makeLine(2)
      const start = startWorker(options)
      return Videos.of({
        probe: Effect.fn("Videos.probe")((user, file) => inLine({ share: 1, user }, probed(options, file))),
        process: Effect.fn("Videos.process")((file, directory, onProgress) =>
          processed(start, file, resolve(directory), onProgress).pipe(
            Effect.scoped,
            Effect.onError(() => removeOutputs(directory)),
            turns.withPermit
          )
        )
      })
    })
  )

type Start = ReturnType<typeof startWorker>

const asked = Effect.fnUntraced(function* (start: Start, task: Task) {
  const worker = yield* start
  worker.child.tell(task)
  const { probe } = yield* worker.within(probeLimit, hear(worker.child, "probed"))
  return { ...worker, probe }
})

/** What is no video by its own structure is not worth a process. */
const recognised = (file: string) =>
  Effect.tryPromise({ try: () => recognise(file), catch: (error) => error }).pipe(
    Effect.catch((error) => {
      if (error instanceof Refused) return VideoFailed.because(error.reason)
      // It says of itself that it is longer than it is.
      return error instanceof RangeError ? VideoFailed.because("damaged") : Effect.die(error)
    }),
    Effect.timeoutOrElse({ duration: probeLimit, orElse: () => VideoFailed.because("took_too_long") })
  )

/** Before videos that are processed, for somebody waits. */
const probed = Effect.fnUntraced(function* (options: WorkerOptions, file: string) {
  yield* recognised(file)
  const { probe } = yield* asked(startWorker({ niceness: 0, ...options }), { type: "probe", file: resolve(file) })
  return probe satisfies VideoProbe
}, Effect.scoped)

const processed = Effect.fnUntraced(function* (
  start: Start,
  file: string,
  directory: string,
  onProgress: (percent: number) => Effect.Effect<void>
) {
  const { child, within, probe } = yield* asked(start, { type: "process", file: resolve(file), directory })
  const done = yield* within(timeLimit(probe.duration_ms), hear(child, "done", rising(onProgress)))
  yield* onProgress(100)
  return {
    ...probe,
    duration_ms: done.duration_ms,
    poster: { ...done.poster, file: join(directory, posterName) },
    renditions: done.renditions.map((rendition) => ({
      ...rendition,
      file: join(directory, renditionFile(rendition.name))
    }))
  } satisfies ProcessedVideo
})

const rising = (onProgress: (percent: number) => Effect.Effect<void>) => {
  let last = -1
  return (percent: number) =>
    Effect.suspend(() => {
      if (percent <= last || percent > 99) return Effect.void
      last = percent
      return onProgress(percent)
    })
}

const removeOutputs = (directory: string) =>
  Effect.promise(() => Promise.all(outputNames.map((name) => rm(join(directory, name), { force: true }))))
