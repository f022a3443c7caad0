/** Processes, as the system sees them. */
import { readdirSync, readFileSync } from "node:fs"
import { Effect } from "effect"
import { eventually } from "./eventually.ts"

const stateOf = (pid: number) => {
  try {
    return /^State:\s+(\w)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]
  } catch {
    return undefined
  }
}

/** One that has ended and waits for somebody to ask how does not run. */
export const runs = (pid: number) => !["Z", "X", undefined].includes(stateOf(pid))

const commandOf = (pid: number) => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8")
  } catch {
    return ""
  }
}

/** Those that run a program of their own: until then the parent stands still, and for ever if its child is stopped. */
export const childrenOf = (pid: number): ReadonlyArray<number> =>
  readdirSync(`/proc/${pid}/task`)
    .flatMap((task) => readFileSync(`/proc/${pid}/task/${task}/children`, "utf8").split(" "))
    .filter((child) => child !== "")
    .map(Number)
    .filter((child) => runs(child) && commandOf(child) !== commandOf(pid))

export const gone = (pid: number) =>
  eventually(
    Effect.sync(() => runs(pid)),
    (does) => !does
  )

/** While the work goes on, the first media worker of this process is killed, as by a machine without memory. */
export const withoutItsWorker = <A, E, R>(work: Effect.Effect<A, E, R>) =>
  Effect.acquireUseRelease(
    Effect.sync(() => {
      const others = new Set(childrenOf(process.pid))
      const timer = setInterval(() => {
        const worker = childrenOf(process.pid).find(
          (pid) => !others.has(pid) && commandOf(pid).includes("media-worker")
        )
        if (worker === undefined) return
        clearInterval(timer)
        process.kill(worker, "SIGKILL")
      }, 5)
      return timer
    }),
    () => work,
    (timer) => Effect.sync(() => clearInterval(timer))
  )
