/**
 * What a process takes of memory, as the system counts its peak. It is one of its own: the tests' process has the bodies
 * that they send as well, and what was not collected of those before.
 */
import { execFile } from "node:child_process"
import { readFileSync } from "node:fs"
import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { promisify } from "node:util"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { Effect } from "effect"
import { temporaryDirectory } from "./directory.ts"

const statusOf = (pid: number | "self") => readFileSync(`/proc/${pid}/status`, "latin1")
const megabytesIn = (status: string, what: "VmRSS" | "VmHWM") =>
  (Number(new RegExp(`^${what}:\\s+(\\d+) kB$`, "m").exec(status)?.[1]) * 1024) / 1e6

setFlagsFromString("--expose-gc")
const collectGarbage: () => void = runInNewContext("gc")

/** Bytes that this process holds, without what is only not collected yet. */
export const heldMemory = () => {
  collectGarbage()
  const { external, heapUsed } = process.memoryUsage()
  return external + heapUsed
}

/** How often work asks for what is young to be collected, as it can in production. */
export const collectionsDuring = <A, E, R>(work: Effect.Effect<A, E, R>) =>
  Effect.acquireUseRelease(
    Effect.sync(() => {
      const before = globalThis.gc
      let count = 0
      globalThis.gc = (async () => {
        count++
      }) as NodeJS.GCFunction
      return { before, counted: () => count }
    }),
    ({ counted }) => Effect.map(work, counted),
    ({ before }) =>
      Effect.sync(() => {
        globalThis.gc = before
      })
  )

/** MB that a process, of its own accord or of another's, has more at its peak than it has now. */
export const risingAbove = (pid: number | "self") => {
  const resting = megabytesIn(statusOf(pid), "VmRSS")
  return () => megabytesIn(statusOf(pid), "VmHWM") - resting
}

/** Settings with which what is freed goes back to the system at once, so that what is counted is what is held. */
export const returning = {
  MALLOC_ARENA_MAX: "1",
  MALLOC_MMAP_THRESHOLD_: "65536",
  MALLOC_TRIM_THRESHOLD_: "65536"
}

export type Rendered = { readonly rise: number; readonly sides: ReadonlyArray<readonly [number, number]> }

/** Renders all of these at once, and so many times: how many MB that takes, and how large they come out. */
export const renderedApart = Effect.fnUntraced(function* (
  pictures: ReadonlyArray<Uint8Array>,
  longest: number,
  times = 1
) {
  const directory = yield* temporaryDirectory("zst-pictures-")
  const paths = pictures.map((_, n) => join(directory, `${n}`))
  return yield* Effect.promise(async (): Promise<Rendered> => {
    for (const [n, path] of paths.entries()) await writeFile(path, pictures[n] ?? "")
    const all = Array.from({ length: times }, () => paths).flat()
    const program = join(import.meta.dirname, "picturesProcess.ts")
    const args = ["--disable-warning=ExperimentalWarning", program, String(longest), ...all]
    const { stdout } = await promisify(execFile)(process.execPath, args, {
      // As many threads as pictures: nothing but our own line keeps them from being held all at once.
      env: { ...returning, UV_THREADPOOL_SIZE: "12", PATH: process.env.PATH }
    })
    return JSON.parse(stdout)
  })
})
