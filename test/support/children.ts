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

export const childrenOf = (pid: number): ReadonlyArray<number> =>
  readdirSync(`/proc/${pid}/task`)
    .flatMap((task) => readFileSync(`/proc/${pid}/task/${task}/children`, "utf8").split(" "))
    .filter((child) => child !== "" && runs(Number(child)))
    .map(Number)

export const gone = (pid: number) =>
  eventually(
    Effect.sync(() => runs(pid)),
    (does) => !does
  )
