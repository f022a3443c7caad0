import { spawn } from "node:child_process"
import * as fs from "node:fs"
import { createServer } from "node:net"
import { totalmem } from "node:os"
import { dirname } from "node:path"
import { Effect } from "effect"
import type { Cluster } from "./cluster.ts"
import { EmbeddedPostgresError } from "./error.ts"
import { inspect, pidFile } from "./postmaster.ts"
import { DISK_FULL, diskFull, onFiles, pause, processOptions } from "./system.ts"

export const HOST = "127.0.0.1"

const megabyte = 1024 * 1024

/** Bytes that this process and its children may have in all: a container's limit is less than the machine's. */
const memory = Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY)

/**
 * An eighth: the others are the server's and the system's, which keeps files that it has read. More than four gigabytes
 * would cost each start more than half a second.
 */
const sharedMegabytes = Math.min(4096, Math.max(128, Math.floor(memory / 8 / megabyte)))

const SETTINGS = {
  listen_addresses: HOST,
  unix_socket_directories: "", // socket paths are limited to about 100 bytes, data directories are not
  max_connections: "100",
  shared_buffers: `${sharedMegabytes}MB`,
  io_method: "sync", // to ask a process of its own for a page that the system has costs more than to read it
  maintenance_work_mem: "128MB",
  max_wal_size: "2GB", // a million-row seed would otherwise checkpoint all the time
  checkpoint_timeout: "15min",
  wal_compression: "on",
  random_page_cost: "1.1",
  jit: "off", // compiling costs more than it saves on queries of milliseconds
  fsync: "on",
  synchronous_commit: "on",
  full_page_writes: "on",
  timezone: "UTC",
  log_timezone: "UTC",
  log_checkpoints: "off",
  log_line_prefix: "%m [%p] ",
  logging_collector: "off"
}

const LOG_LIMIT_BYTES = 10_000_000
const PORT_ATTEMPTS = 5
const ORPHANS_LIMIT_MS = 15_000
const READY_LIMIT_MS = 10 * 60_000 // recovery after a crash in the middle of a large load

export interface Running {
  readonly port: number
  readonly startedHere: boolean
}

/** Finds the cluster's server, waits for one that is starting or stopping, or starts it. Call it under the start lock. */
export const ensureRunning = Effect.fnUntraced(function* (
  cluster: Cluster,
  preferredPort: number | undefined,
  launched: Launched
) {
  const begun = performance.now()
  let portsTaken = 0
  while (performance.now() - begun < READY_LIMIT_MS) {
    const state = yield* inspect(cluster.directory)
    if (state._tag === "Ready")
      return { port: state.port, startedHere: state.pid === launched.child?.pid } satisfies Running
    const { child } = launched
    if (state._tag === "Down" && child?.ended !== false) {
      if (child) {
        const said = yield* tail(cluster.log, child.logOffset)
        if (PORT_TAKEN.test(said) && portsTaken < PORT_ATTEMPTS) portsTaken++
        else if (!ORPHANS_ALIVE.test(said) || performance.now() - begun > ORPHANS_LIMIT_MS) {
          return yield* startFailed(cluster, child.error || said)
        }
      }
      yield* launch(cluster, launched, portsTaken === 0 && preferredPort ? preferredPort : yield* freePort)
    }
    yield* pause(10)
  }
  return yield* new EmbeddedPostgresError({ message: `PostgreSQL is not ready after 10 minutes: see ${cluster.log}.` })
})

const PORT_TAKEN = /Address already in use|could not bind/
/** Sessions of a server that was killed may outlive it for a moment, and PostgreSQL rightly refuses to start beside them. */
const ORPHANS_ALIVE = /pre-existing shared memory block|lock file .* already exists/

/** What this process started, so that a start that is given up can be taken back. */
export interface Launched {
  child?: Child
}

interface Child {
  readonly pid: number | undefined
  readonly logOffset: number
  ended: boolean
  error: string
}

const launch = Effect.fnUntraced(function* (cluster: Cluster, launched: Launched, port: number) {
  yield* disownPidFile(cluster.directory)
  const settings = Object.entries({ ...SETTINGS, port }).flatMap(([name, value]) => ["-c", `${name}=${value}`])
  yield* onFiles(cluster.log, () => {
    const log = openLog(cluster.log)
    const logOffset = fs.fstatSync(log).size
    const process = spawn(cluster.binaries.postgres, ["-D", cluster.directory, ...settings], {
      ...processOptions(cluster.account),
      detached: true, // a Ctrl-C in the terminal must not reach it before the server has drained
      stdio: ["ignore", log, log]
    })
    fs.closeSync(log)
    const child: Child = { pid: process.pid, logOffset, ended: false, error: "" }
    process.once("exit", () => {
      child.ended = true
    })
    process.once("error", ({ message }) => {
      child.ended = true
      child.error = message
    })
    process.unref()
    launched.child = child
  })
})

/**
 * PostgreSQL takes any live process with the number in a left-over postmaster.pid for a running server, except its own
 * parent. Deleting the file instead would also delete its guard against sessions that survived the old server.
 */
const disownPidFile = (directory: string) =>
  onFiles(directory, () => {
    const file = pidFile(directory)
    if (!fs.existsSync(file)) return
    const [pid, ...rest] = fs.readFileSync(file, "utf8").split("\n")
    if (!Number(pid) || rest.length < 3) fs.rmSync(file)
    else fs.writeFileSync(file, [process.pid, ...rest].join("\n"))
  })

/** Nobody else can have entered it: that takes the start lock, which the caller holds. */
export const takeBack = Effect.fnUntraced(function* ({ child }: Launched) {
  if (!child?.pid || child.ended) return
  process.kill(child.pid, "SIGINT")
  while (!child.ended) yield* pause(10)
})

const openLog = (path: string): number => {
  const size = fs.statSync(path, { throwIfNoEntry: false })?.size ?? 0
  if (size > LOG_LIMIT_BYTES) fs.renameSync(path, `${path}.1`)
  const log = fs.openSync(path, "a", 0o600)
  const { uid, gid } = fs.statSync(dirname(path))
  if (process.getuid?.() === 0) fs.fchownSync(log, uid, gid) // or it would lock out a data directory's owner after a sudo
  return log
}

const tail = (path: string, offset: number) => onFiles(path, () => fs.readFileSync(path).subarray(offset).toString())

const startFailed = (cluster: Cluster, said: string) => {
  if (DISK_FULL.test(said)) return Effect.fail(new EmbeddedPostgresError({ message: diskFull(cluster.directory) }))
  const lines = said.trim().split("\n")
  const detail = /DETAIL:\s*(.*?)\.?$/m.exec(said)?.[1]
  const reason = (lines.find((line) => /FATAL|PANIC/.test(line)) ?? lines.at(-1) ?? "").replace(
    /^.*?(FATAL|PANIC):\s*/,
    ""
  )
  return Effect.fail(
    new EmbeddedPostgresError({
      message: `PostgreSQL did not start: ${detail ?? reason}. See ${cluster.log}, or set DATABASE_URL.`
    })
  )
}

const freePort = Effect.callback<number, EmbeddedPostgresError>((resume) => {
  const probe = createServer()
  probe.once("error", ({ message }) =>
    resume(Effect.fail(new EmbeddedPostgresError({ message: `No free port on ${HOST} for PostgreSQL: ${message}.` })))
  )
  probe.listen(0, HOST, () => {
    const address = probe.address()
    probe.close(() => resume(Effect.succeed(typeof address === "object" && address ? address.port : 0)))
  })
})
