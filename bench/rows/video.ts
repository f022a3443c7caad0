/** A video's job against the bare transcode, each in a process of its own, in turn. */
import { execFile } from "node:child_process"
import { mkdirSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { Effect } from "effect"
import * as NodeAvVideos from "../../src/layers/NodeAvVideos.ts"
import { Videos } from "../../src/services/media/Videos.ts"
import { makeClip } from "../../test/support/clips.ts"
import { inTurn, median } from "../compare.ts"
import { BenchFailed } from "../failure.ts"
import type { Stage } from "../stage.ts"

// With the grain of a camera: a drawing costs an encoder nothing.
const clip = { width: 1280, height: 720, seconds: 6, filter: "noise=alls=12:allf=t" }
const bare = fileURLToPath(new URL("../bare/transcode.ts", import.meta.url))
const built = fileURLToPath(new URL("../../dist/media-worker.js", import.meta.url))

const timed = <A, E>(work: Effect.Effect<A, E>) =>
  Effect.gen(function* () {
    const begun = performance.now()
    yield* work
    return performance.now() - begun
  })

const bareTranscode = (file: string, directory: string) =>
  Effect.callback<void, BenchFailed>((resume) => {
    // As nice as ours: what else runs on this machine must not decide.
    const args = ["-n", "10", process.execPath, "--disable-warning=ExperimentalWarning", bare, file, directory]
    const child = execFile("nice", args, (error) =>
      resume(error === null ? Effect.void : Effect.fail(new BenchFailed({ message: error.message })))
    )
    return Effect.sync(() => child.kill("SIGKILL"))
  })

/** How long each takes, in milliseconds, pair by pair. */
export const video = Effect.fnUntraced(
  function* ({ directory }: Stage, pairs: number) {
    const [file, oursTo, bareTo] = [`${directory}/clip.mp4`, `${directory}/ours`, `${directory}/bare`]
    for (const made of [oursTo, bareTo]) mkdirSync(made, { recursive: true })
    yield* Effect.promise(() => makeClip(file, clip))
    const videos = yield* Videos
    const job = videos.process(file, oursTo, () => Effect.void)
    const failed = ({ message }: { readonly message: string }) => new BenchFailed({ message })
    const measured: Array<{ readonly ours: number; readonly bare: number }> = []
    for (let pair = -1; pair < pairs; pair++) {
      process.stderr.write(pair === -1 ? "video: warming up" : ` ${pair + 1}`)
      const one = yield* inTurn(pair, timed(Effect.mapError(job, failed)), timed(bareTranscode(file, bareTo)))
      if (pair >= 0) measured.push(one)
    }
    process.stderr.write("\n")
    return measured
  },
  Effect.provide(NodeAvVideos.layer({ program: built }))
)

const measureOf = (milliseconds: ReadonlyArray<number>) => ({
  rate: 1000 / median(milliseconds),
  p50: median(milliseconds),
  p99: Math.max(...milliseconds)
})

export const videoOutcome = (measured: ReadonlyArray<{ readonly ours: number; readonly bare: number }>) => {
  const ratios = measured.map(({ ours, bare }) => bare / ours)
  return {
    ratio: median(ratios),
    spread: [Math.min(...ratios), Math.max(...ratios)] as const,
    ours: measureOf(measured.map(({ ours }) => ours)),
    comparator: measureOf(measured.map(({ bare }) => bare)),
    pairs: measured.length
  }
}
