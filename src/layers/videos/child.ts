/** A child process that may do anything but outlive us, outgrow its memory, or see what we know. */
import { type ChildProcess, spawn } from "node:child_process"
import { Effect, Queue } from "effect"

/** Bytes of data that the system lets the child have, and of resident memory above which we end it. */
const maxData = 1.5 * 1024 * 1024 * 1024
export const maxResident = 1024 * 1024 * 1024

const modest = 10
const keptOfErrors = 8 * 1024

export type Heard =
  | { readonly type: "said"; readonly message: unknown }
  | { readonly type: "ended"; readonly how: string; readonly errors: string }

export type Child = { readonly pid: number; readonly heard: Queue.Queue<Heard>; readonly tell: (task: object) => void }

/**
 * Runs a program on this Node until the scope closes, then kills it with whatever it started. It gets no setting of ours,
 * little of the processor when others want it unless niceness says more, and a limit of memory from the system where that has one.
 */
export const startChild = Effect.fnUntraced(function* (program: string, niceness = modest) {
  const heard = yield* Queue.unbounded<Heard>()
  const child = yield* Effect.acquireRelease(
    Effect.sync(() => launch(program, niceness)),
    killed
  )
  let errors = ""
  child.stderr?.on("data", (chunk) => {
    errors = `${errors}${chunk}`.slice(-keptOfErrors)
  })
  child.on("message", (message) => Queue.offerUnsafe(heard, { type: "said", message }))
  child.on("error", ({ message }) => Queue.offerUnsafe(heard, { type: "ended", how: message, errors }))
  child.on("close", (code, signal) => {
    Queue.offerUnsafe(heard, { type: "ended", how: signal ?? `code ${code}`, errors })
  })
  // One that has just ended takes nothing any more: that is heard as its end.
  const tell = (task: object) => child.connected && child.send(task, () => {})
  return { pid: child.pid ?? 0, heard, tell } satisfies Child
})

const launch = (program: string, niceness: number) => {
  const limits = `ulimit -c 0; ulimit -d ${maxData / 1024}; exec nice -n ${niceness} "$@"`
  const node = [process.execPath, "--max-old-space-size=256", "--disable-warning=ExperimentalWarning", program]
  return spawn("/bin/sh", ["-c", limits, "sh", ...node], {
    // A process group of its own, which can be killed as one, and which a terminal's Ctrl-C does not reach.
    detached: true,
    cwd: "/",
    env: { PATH: process.env.PATH },
    stdio: ["ignore", "ignore", "pipe", "ipc"]
  })
}

const killed = (child: ChildProcess) =>
  Effect.callback<void>((resume) => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return resume(Effect.void)
    child.once("exit", () => resume(Effect.void))
    process.kill(-child.pid, "SIGKILL")
  })
