/** The media worker: a process for each task, listened to until it says what is waited for. */
import { fileURLToPath } from "node:url"
import { type Duration, Effect, Queue, Schema } from "effect"
import { Said } from "../../media-worker/protocol.ts"
import { VideoFailed } from "../../services/media/errors.ts"
import { type Child, maxResident, startChild } from "./child.ts"
import { outgrows } from "./memory.ts"

export type WorkerOptions = {
  /** The worker's program. */
  readonly program?: string | undefined
  /** Of the processes, where a video's would let everybody pass. */
  readonly niceness?: number | undefined
  /** Bytes of resident memory that a worker may have. */
  readonly memory?: number | undefined
}

const startLimit = "20 seconds"

/** Beside this module in the production build, a source of its own otherwise. */
const ownProgram = fileURLToPath(
  import.meta.url.endsWith(".ts")
    ? new URL("../../media-worker/main.ts", import.meta.url)
    : new URL("media-worker.js", import.meta.url)
)

/** A worker that has loaded, and that fails what is asked of it when it grows too large. */
export const startWorker = ({ program = ownProgram, memory = maxResident, niceness }: WorkerOptions) =>
  Effect.gen(function* () {
    const child = yield* startChild(program, niceness)
    const within = <A, E>(limit: Duration.Input, work: Effect.Effect<A, E>) =>
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
const decodeSaid = Schema.decodeUnknownEffect(Said)

const silent = () => Effect.void

/** Listens until the worker says this, telling of its progress on the way. */
export const hear = <Type extends Said["type"]>(
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
