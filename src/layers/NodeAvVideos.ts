import { rm } from "node:fs/promises"
import { join, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import { type Duration, Effect, Layer, Queue, Schema, type Scope, Semaphore } from "effect"
import { outputNames, posterName, renditionFile } from "../media-worker/names.ts"
import { Said, type Task } from "../media-worker/protocol.ts"
import { VideoFailed } from "../services/media/errors.ts"
import { maxVideoSeconds } from "../services/media/limits.ts"
import { type ProcessedVideo, type VideoProbe, Videos } from "../services/media/Videos.ts"
import { type Child, maxResident, startChild } from "./videos/child.ts"
import { outgrows } from "./videos/memory.ts"

export type Options = {
  /** The worker's program. */
  readonly program?: string | undefined
  /** How many videos are processed at once, 1 unless said: each takes as many processors as there are. */
  readonly concurrency?: number | undefined
  /** Bytes of resident memory that a worker may have. */
  readonly memory?: number | undefined
}

const startLimit = "20 seconds"
const probeLimit = "5 seconds"
const timeLimit = (durationMs: number) => 2 * (durationMs > 0 ? durationMs : maxVideoSeconds * 1000) + 30_000

/** Beside this module in the production build, a source of its own otherwise. */
const ownProgram = fileURLToPath(
  import.meta.url.endsWith(".ts")
    ? new URL("../media-worker/main.ts", import.meta.url)
    : new URL("media-worker.js", import.meta.url)
)

/** Videos by FFmpeg (node-av), each in a worker process that this one watches over. */
export const layer = (options: Options = {}): Layer.Layer<Videos> =>
  Layer.effect(
    Videos,
    Effect.gen(function* () {
      const turns = yield* Semaphore.make(options.concurrency ?? 1)
      // Probing is quick and somebody waits for it: it does not stand behind videos that are processed.
      const probing = yield* Semaphore.make(2)
      const start = started(options)
      return Videos.of({
        probe: Effect.fn("Videos.probe")((file) => probing.withPermit(Effect.scoped(probed(start, file)))),
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

/** A worker that has loaded, and that fails what is asked of it when it grows too large. */
const started = ({ program = ownProgram, memory = maxResident }: Options) =>
  Effect.gen(function* () {
    const child = yield* startChild(program)
    const within = <A>(limit: Duration.Input, work: Effect.Effect<A, VideoFailed>) =>
      work.pipe(
        Effect.raceFirst(
          Effect.andThen(outgrows(child.pid, memory), Effect.fail(VideoFailed.because("too_much_memory")))
        ),
        Effect.timeoutOrElse({
          duration: limit,
          orElse: () => Effect.fail(VideoFailed.because("took_too_long"))
        })
      )
    yield* within(startLimit, hear(child, "ready"))
    return { child, within }
  })
type Start = ReturnType<typeof started>

const asked = Effect.fnUntraced(function* (start: Start, task: Task) {
  const worker = yield* start
  worker.child.tell(task)
  const { probe } = yield* worker.within(probeLimit, hear(worker.child, "probed"))
  return { ...worker, probe }
})

const probed = (start: Start, file: string): Effect.Effect<VideoProbe, VideoFailed, Scope.Scope> =>
  Effect.map(asked(start, { type: "probe", file: resolve(file) }), ({ probe }) => probe)

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

const decodeSaid = Schema.decodeUnknownEffect(Said)

const silent = () => Effect.void

/** Listens until the worker says this, telling of its progress on the way. */
const hear = <Type extends Said["type"]>(
  child: Child,
  type: Type,
  onProgress: (percent: number) => Effect.Effect<void> = silent
): Effect.Effect<Extract<Said, { readonly type: Type }>, VideoFailed> =>
  Effect.gen(function* () {
    const heard = yield* Queue.take(child.heard)
    if (heard.type === "ended") return yield* endedEarly(heard)
    const said = yield* Effect.catch(decodeSaid(heard.message), (problem) => crashed(String(problem)))
    if (is(said, type)) return said
    if (said.type === "refused") return yield* VideoFailed.because(said.reason)
    if (said.type === "crashed") return yield* crashed(said.detail)
    if (said.type === "progress") yield* onProgress(said.percent)
    return yield* hear(child, type, onProgress)
  })

const is = <Type extends Said["type"]>(said: Said, type: Type): said is Extract<Said, { readonly type: Type }> =>
  said.type === type

const outOfMemory = /out of memory|allocation failed|failed to allocate|cannot allocate|bad_alloc/i

const endedEarly = ({ how, errors }: { readonly how: string; readonly errors: string }) =>
  outOfMemory.test(errors) ? Effect.fail(VideoFailed.because("too_much_memory")) : crashed(`${how}\n${errors}`)

const crashed = (detail: string) =>
  Effect.andThen(
    Effect.logWarning("A video's worker stopped unexpectedly", detail),
    Effect.fail(VideoFailed.because("crashed"))
  )

const removeOutputs = (directory: string) =>
  Effect.promise(() => Promise.all(outputNames.map((name) => rm(join(directory, name), { force: true }))))
