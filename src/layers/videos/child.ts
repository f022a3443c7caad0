/** A child process that may do anything but outlive us, outgrow its memory, or see what we know. */
import { type ChildProcess, spawn } from "node:child_process"
import type { Duplex } from "node:stream"
import { Effect, Queue } from "effect"
import { channelFd } from "../../media-worker/protocol.ts"

/** Bytes of data that the system lets the child have, and of resident memory above which we end it. */
const maxData = 1.5 * 1024 * 1024 * 1024
export const maxResident = 1024 * 1024 * 1024

const modest = 10
const keptOfErrors = 8 * 1024
/** Bytes that a child may say in all. */
const mostSaid = 1024 * 1024

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
  // What could not be started for want of descriptors has none.
  const channel = child.stdio?.[channelFd] as Duplex | undefined
  const tooMuch = () => {
    Queue.offerUnsafe(heard, { type: "ended", how: "it said too much", errors })
    channel?.destroy()
  }
  channel
    ?.on("error", () => {})
    .on(
      "data",
      linesWithin(mostSaid, (line) => Queue.offerUnsafe(heard, saidIn(line)), tooMuch)
    )
  child.on("error", ({ message }) => Queue.offerUnsafe(heard, { type: "ended", how: message, errors }))
  child.on("close", (code, signal) => {
    Queue.offerUnsafe(heard, { type: "ended", how: signal ?? `code ${code}`, errors })
  })
  // One that has just ended takes nothing any more: that is heard as its end.
  const tell = (task: object) => void channel?.write(`${JSON.stringify(task)}\n`)
  return { pid: child.pid ?? 0, heard, tell } satisfies Child
})

/** What is no JSON is not what anybody waits for. */
const saidIn = (line: string): Heard => {
  try {
    return { type: "said", message: JSON.parse(line) }
  } catch {
    return { type: "said", message: undefined }
  }
}

const linesWithin = (most: number, onLine: (line: string) => void, onMore: () => void) => {
  let begun = ""
  let bytes = 0
  return (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > most) return onMore()
    const lines = (begun + chunk.toString("latin1")).split("\n")
    begun = lines.pop() ?? ""
    for (const line of lines) onLine(Buffer.from(line, "latin1").toString())
  }
}

const launch = (program: string, niceness: number) => {
  const limits = `ulimit -c 0; ulimit -d ${maxData / 1024}; exec nice -n ${niceness} "$@"`
  const node = [process.execPath, "--max-old-space-size=256", "--disable-warning=ExperimentalWarning", program]
  return spawn("/bin/sh", ["-c", limits, "sh", ...node], {
    // A process group of its own, which can be killed as one, and which a terminal's Ctrl-C does not reach.
    detached: true,
    cwd: "/",
    env: { PATH: process.env.PATH },
    stdio: ["ignore", "ignore", "pipe", "pipe"]
  })
}

const killed = (child: ChildProcess) =>
  Effect.callback<void>((resume) => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return resume(Effect.void)
    child.once("exit", () => resume(Effect.void))
    process.kill(-child.pid, "SIGKILL")
  })
