import { type ChildProcess, spawn } from "node:child_process"
import { closeSync, openSync, readFileSync } from "node:fs"
import { createServer } from "node:net"
import { delimiter, dirname } from "node:path"
import { Effect } from "effect"
import { BenchFailed } from "./failure.ts"

export type Server = {
  readonly url: string
  readonly pid: number
  /** From the start of its process to its first 200, in seconds. */
  readonly startedIn: number
}

export type Program = {
  readonly name: string
  /** Node, unless it is a program of its own. */
  readonly command?: string
  readonly args: ReadonlyArray<string>
  readonly env: Record<string, string>
  /** Answered with 200 once the program works. */
  readonly probe: string
  readonly directory: string
}

const startLimit = 20_000
const stopLimit = 5_000
const probeEvery = 3

export const pause = (milliseconds: number) =>
  Effect.callback<void>((resume) => {
    const timer = setTimeout(() => resume(Effect.void), milliseconds)
    return Effect.sync(() => clearTimeout(timer))
  })

export const freePort = Effect.callback<number>((resume) => {
  const probe = createServer().listen(0, "127.0.0.1", () => {
    const address = probe.address()
    probe.close(() => resume(Effect.succeed(typeof address === "object" && address !== null ? address.port : 0)))
  })
})

/** Runs a server program as a process of its own until the scope closes; its output goes to a file. */
export const startServer = Effect.fnUntraced(function* (program: Program) {
  const port = yield* freePort
  const log = `${program.directory}/${program.name}.log`
  const begun = performance.now()
  const child = yield* Effect.acquireRelease(
    Effect.sync(() => launch(program, port, log)),
    stopped
  )
  const url = `http://127.0.0.1:${port}`
  while (!(yield* answers(`${url}${program.probe}`))) {
    if (child.exitCode !== null || performance.now() - begun > startLimit) {
      return yield* new BenchFailed({ message: `${program.name} does not start: ${lastLine(log)}` })
    }
    yield* pause(probeEvery)
  }
  const startedIn = (performance.now() - begun) / 1000
  return { url, pid: child.pid ?? 0, startedIn } satisfies Server
})

const launch = ({ command = process.execPath, args, env }: Program, port: number, log: string) => {
  const file = openSync(log, "w")
  const path = [dirname(process.execPath), process.env.PATH].join(delimiter)
  const child = spawn(command, args, {
    env: { PATH: path, ...env, PORT: String(port) },
    stdio: ["ignore", file, file]
  })
  closeSync(file)
  return child
}

const stopped = (child: ChildProcess) =>
  Effect.callback<void>((resume) => {
    if (child.exitCode !== null || child.signalCode !== null) return resume(Effect.void)
    const timer = setTimeout(() => child.kill("SIGKILL"), stopLimit)
    child.once("exit", () => {
      clearTimeout(timer)
      resume(Effect.void)
    })
    child.kill("SIGTERM")
  })

const answers = (url: string) =>
  Effect.promise(() =>
    fetch(url).then(
      async (response) => {
        await response.arrayBuffer()
        return response.status === 200
      },
      () => false
    )
  )

const lastLine = (log: string) => readFileSync(log, "utf8").trim().split("\n").at(-1) ?? "it says nothing"
