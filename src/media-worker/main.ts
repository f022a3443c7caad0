/**
 * The program that reads strangers' videos, and HEIC and AVIF pictures: one task a process, given over a pipe. Its limits
 * are kept by who starts it (src/layers/videos/). What may block runs on other threads, so that this one hears when the
 * server is gone, and ends the process even when it hangs.
 */
import { rmSync } from "node:fs"
import { listen, say } from "./channel.ts"
import type { Said, Task } from "./protocol.ts"

let abandoned = () => {}

// Listened for before the libraries load, for the server may be gone by then.
listen<Task>(
  (task) => {
    if (task.type === "process") abandoned = () => removeOutputs(task.directory)
    if (task.type === "picture") abandoned = () => rmSync(task.output, { force: true })
    work(task, say).catch((error: unknown) => say(failed(error)))
  },
  () => {
    abandoned()
    // A process that merely exits waits for its threads.
    process.kill(process.pid, "SIGKILL")
  }
)

const { Refused } = await import("./failure.ts")
const { removeOutputs, work } = await import("./work.ts")

const failed = (error: unknown): Said =>
  error instanceof Refused
    ? { type: "refused", reason: error.reason }
    : { type: "crashed", detail: error instanceof Error ? (error.stack ?? error.message) : String(error) }

say({ type: "ready" })
