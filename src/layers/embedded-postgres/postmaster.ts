import { execFileSync } from "node:child_process"
import * as fs from "node:fs"
import { join } from "node:path"
import { Effect } from "effect"
import type { Cluster } from "./cluster.ts"
import { pause, run } from "./system.ts"

/** What a data directory's `postmaster.pid` and the process behind it say. */
export type State =
  | { readonly _tag: "Down" }
  | { readonly _tag: "Busy"; readonly pid: number }
  | { readonly _tag: "Ready"; readonly pid: number; readonly port: number }

const DOWN: State = { _tag: "Down" }
const STOP_LIMIT_MS = 60_000

export const pidFile = (directory: string): string => join(directory, "postmaster.pid")

/** `postmaster.pid`: pid, data directory, start time, port, socket directory, address, shared memory key, status. */
export const inspect = Effect.fnUntraced(function* (directory: string) {
  const text = yield* Effect.try(() => fs.readFileSync(pidFile(directory), "utf8")).pipe(Effect.orElseSucceed(() => ""))
  const lines = text.split("\n")
  const pid = Number(lines[0])
  if (!Number.isInteger(pid) || pid <= 1 || !(yield* isPostmaster(pid, directory))) return DOWN
  const ready = lines[7]?.trim() === "ready"
  return (ready ? { _tag: "Ready", pid, port: Number(lines[3]) } : { _tag: "Busy", pid }) satisfies State as State
})

/** After a crash the number may belong to any program: only one that was started on this directory is ours. */
const isPostmaster = (pid: number, directory: string): Effect.Effect<boolean> =>
  Effect.try(() => commandLine(pid)).pipe(
    Effect.map((command) =>
      process.platform === "win32" ? command.includes("postgres.exe") : command.includes(`-D ${directory} `)
    ),
    Effect.orElseSucceed(() => false)
  )

const commandLine = (pid: number): string => {
  if (process.platform === "linux") return fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ")
  if (process.platform === "win32") return execFileSync("tasklist", ["/FI", `PID eq ${pid}`], { encoding: "utf8" })
  return execFileSync("ps", ["-ww", "-o", "command=", "-p", String(pid)], { encoding: "utf8" })
}

/** Fast shutdown: sessions end, a checkpoint is written, and the process is gone when this returns. */
export const stop = Effect.fnUntraced(function* (cluster: Pick<Cluster, "directory" | "binaries" | "account">) {
  const { directory, binaries, account } = cluster
  const state = yield* inspect(directory)
  if (state._tag === "Down") return
  if (process.platform === "win32") {
    yield* run(binaries.pg_ctl, ["stop", "-D", directory, "-m", "fast", "-w"], account)
    return
  }
  yield* signal(state.pid, "SIGINT")
  const limit = performance.now() + STOP_LIMIT_MS
  while (yield* isPostmaster(state.pid, directory)) {
    if (performance.now() > limit) yield* signal(state.pid, "SIGQUIT") // what is committed is in the WAL
    yield* pause(10)
  }
})

const signal = (pid: number, name: NodeJS.Signals) => Effect.ignore(Effect.try(() => process.kill(pid, name)))
