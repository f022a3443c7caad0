import { type SpawnOptions, spawn } from "node:child_process"
import { tmpdir } from "node:os"
import { parse } from "node:path"
import { Effect, Fiber } from "effect"
import { EmbeddedPostgresError } from "./error.ts"

/** The unprivileged user that PostgreSQL runs as when this process is root. */
export interface Account {
  readonly uid: number
  readonly gid: number
}

/** Waits in real time whatever clock the program runs on: other processes do not follow a test clock. */
export const pause = (milliseconds: number): Effect.Effect<void> =>
  Effect.callback((resume) => {
    const timer = setTimeout(() => resume(Effect.void), milliseconds)
    return Effect.sync(() => clearTimeout(timer))
  })

const repeatedEvery = 30_000

/** Says what is waited for, and what to do about it, once it has lasted for so long. */
export const aloud =
  (milliseconds: number, why: () => string) =>
  <A, E, R>(wait: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> => {
    const say = Effect.suspend(() => Effect.logWarning(why()))
    const saying = Effect.andThen(pause(milliseconds), Effect.forever(Effect.andThen(say, pause(repeatedEvery))))
    return Effect.acquireUseRelease(Effect.forkDetach(saying), () => wait, Fiber.interrupt)
  }

export const errorCode = (cause: unknown): string =>
  cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : ""

export const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch (cause) {
    return errorCode(cause) === "EPERM"
  }
}

const explain = (cause: unknown, target: string): string => {
  const code = errorCode(cause)
  if (code === "ENOSPC" || code === "EDQUOT") return diskFull(target)
  if (["EACCES", "EPERM", "EROFS", "ENOENT"].includes(code)) {
    return `Cannot use ${target} (${code}): make it writable for this user, or set ZST_DATA_DIR to another directory.`
  }
  if (code === "ENOTDIR" || code === "EEXIST") {
    return `${target} is in the way of a directory: move it, or set ZST_DATA_DIR to another directory.`
  }
  const detail = cause instanceof Error ? cause.message : String(cause)
  return `Cannot use ${target}: ${detail}. Set ZST_DATA_DIR to another directory.`
}

/** How PostgreSQL's programs say that the disk is full; a short write has no errno to show. */
export const DISK_FULL = /No space left|quota exceeded|could not extend file|wrote only/i

export const diskFull = (target: string): string =>
  `The disk that holds ${target} is full: free at least 200 MB and start again.`

export const onFiles = <A>(target: string, use: () => A): Effect.Effect<A, EmbeddedPostgresError> =>
  Effect.try({ try: use, catch: (cause) => new EmbeddedPostgresError({ message: explain(cause, target) }) })

const INHERITED = ["PATH", "SystemRoot", "SystemDrive", "TEMP", "TMP"]

/**
 * Only what a program needs to run: PG* variables would redirect initdb, and a daemon that outlives us must not carry
 * our secrets. The working directory is the root because the account may not be allowed into ours.
 */
export const processOptions = (account: Account | undefined): SpawnOptions => {
  const env: NodeJS.ProcessEnv = { LC_ALL: "C" }
  for (const name of INHERITED) if (process.env[name] !== undefined) env[name] = process.env[name]
  return { env, cwd: parse(tmpdir()).root, windowsHide: true, ...(account && { uid: account.uid, gid: account.gid }) }
}

const canGroup = process.platform !== "win32"

export interface Outcome {
  readonly ok: boolean
  readonly output: string
}

/**
 * Runs a short program to its end. A program that cannot be started is an outcome as well. It has a process group of
 * its own, so that an interruption ends its children with it (initdb's keep writing for seconds).
 */
export const run = (command: string, args: ReadonlyArray<string>, account?: Account): Effect.Effect<Outcome> =>
  Effect.callback((resume) => {
    const child = spawn(command, args, {
      ...processOptions(account),
      stdio: ["ignore", "pipe", "pipe"],
      detached: canGroup
    })
    let output = ""
    const collect = (chunk: Buffer) => {
      output += chunk.toString()
    }
    child.stdout?.on("data", collect)
    child.stderr?.on("data", collect)
    child.once("error", (cause) => resume(Effect.succeed({ ok: false, output: cause.message })))
    child.once("close", (code) => resume(Effect.succeed({ ok: code === 0, output })))
    return Effect.callback<void>((ended) => {
      child.once("close", () => ended(Effect.void))
      if (canGroup && child.pid) process.kill(-child.pid)
      else child.kill()
    })
  })
