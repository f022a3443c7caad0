import { mkdir, readdir, rm, stat } from "node:fs/promises"
import { join } from "node:path"
import { Effect } from "effect"
import { Settings } from "./Settings.ts"

export const scratchIn = (dataDir: string) => join(dataDir, "scratch")

/** Longer than any upload takes to arrive, and any work on it. */
const oldAfter = 2 * 60 * 60 * 1000

/**
 * From here on what this process and its children put aside for moments lies with the data, where there is room for it and
 * the next process finds what a killed one left: that is swept.
 */
export const useScratch = Effect.gen(function* () {
  const directory = scratchIn((yield* Settings).dataDir)
  yield* Effect.tryPromise(async () => {
    await mkdir(directory, { recursive: true, mode: 0o700 })
    await sweep(directory, Date.now() - oldAfter)
    process.env[process.platform === "win32" ? "TEMP" : "TMPDIR"] = directory
  }).pipe(
    // Whose database and objects are elsewhere may have a data directory that is not writable.
    Effect.catch(({ cause }) => Effect.logWarning("uploads are put aside in the system's temporary directory", cause))
  )
})

const sweep = async (directory: string, before: number) => {
  for (const name of await readdir(directory)) {
    const path = join(directory, name)
    // Another process may be about to take it away.
    const modified = await stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => before
    )
    if (modified < before) await rm(path, { recursive: true, force: true })
  }
}
