/** What processes have worked: it survives noise that rates do not. Linux tells it by the hundredth of a second. */
import { readdirSync, readFileSync } from "node:fs"

const ticksPerSecond = 100

/** From the state on: the name before it may have blanks and brackets. */
const fieldsOf = (pid: number) => {
  const line = readFileSync(`/proc/${pid}/stat`, "utf8")
  return line
    .slice(line.lastIndexOf(")") + 2)
    .split(" ")
    .map(Number)
}

/** CPU seconds of a process, and of the children that it waited for. */
export const cpuOf = (pid: number) => {
  const fields = fieldsOf(pid)
  return fields.slice(11, 15).reduce((sum, ticks) => sum + ticks, 0) / ticksPerSecond
}

const childrenOf = (parent: number) =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => parentOf(pid) === parent)

const parentOf = (pid: number) => {
  try {
    return fieldsOf(pid)[1]
  } catch {
    return undefined // It has just ended.
  }
}

/** CPU seconds of a process and all its children, ended ones too. */
export const cpuOfFamily = (pid: number) =>
  childrenOf(pid).reduce((sum, child) => {
    try {
      return sum + cpuOf(child)
    } catch {
      return sum
    }
  }, cpuOf(pid))
