import { execFile } from "node:child_process"
import { join } from "node:path"
import { promisify } from "node:util"
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { makeClip } from "../support/clips.ts"
import { temporaryDirectory } from "../support/videoFiles.ts"

const source = (module: string) => new URL(`../../src/media-worker/${module}`, import.meta.url).href

/** How often the loop of a worker turns while it makes the renditions of a clip. */
const turnsOfTheLoop = (file: string, directory: string) =>
  Effect.promise(async () => {
    const program = `
      import { openSource } from "${source("open.ts")}"
      import { transcode } from "${source("transcode.ts")}"
      const turns = () => performance.nodeTiming.uvMetricsInfo.loopCount
      const before = turns()
      await transcode(await openSource(${JSON.stringify(file)}), ${JSON.stringify(directory)}, () => {})
      process.stdout.write(String(turns() - before))
      process.exit()`
    const { stdout } = await promisify(execFile)(process.execPath, [
      "--disable-warning=ExperimentalWarning",
      "--input-type=module",
      "--eval",
      program
    ])
    return Number(stdout)
  })

it.live("whoever waits for the encoders does not look all the time whether they are done", () =>
  Effect.gen(function* () {
    const directory = yield* temporaryDirectory
    const file = join(directory, "clip.mp4")
    const seconds = 3
    yield* Effect.promise(() => makeClip(file, { width: 1280, height: 720, seconds }))
    // Of 30 pictures and 47 pieces of sound a second, none takes more than some twenty answers of other threads.
    assert.isBelow(yield* turnsOfTheLoop(file, directory), seconds * 77 * 40)
  }).pipe(Effect.scoped)
)
