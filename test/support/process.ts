/** The real program, as it is built for production, as a child process. */
import { type ChildProcess, spawn } from "node:child_process"
import { join } from "node:path"
import { Effect } from "effect"
import { inject } from "vitest"

export type Zst = {
  readonly child: ChildProcess
  /** Everything it has written so far. */
  readonly output: () => string
  /** What it wrote once `pattern` was in it; dies when the program ends before. */
  readonly says: (pattern: RegExp) => Effect.Effect<RegExpExecArray>
  readonly exited: Effect.Effect<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>
}

/** Runs `zst ARGS` until the scope closes. `env` is added to what the tests' own database needs. */
export const spawnZst = Effect.fnUntraced(function* (
  args: ReadonlyArray<string>,
  env: Record<string, string>,
  stdout: "pipe" | number = "pipe"
) {
  const child = yield* Effect.acquireRelease(
    Effect.sync(() =>
      spawn(process.execPath, [join(inject("dist"), "zst.js"), ...args], {
        env: { PATH: process.env.PATH, HOME: process.env.HOME, ZST_DATA_DIR: inject("dataDir"), ...env },
        stdio: ["ignore", stdout, "pipe"]
      })
    ),
    (child) => Effect.sync(() => child.kill("SIGKILL"))
  )
  let output = ""
  const watchers = new Set<() => void>()
  const watch = () => {
    for (const watcher of watchers) watcher()
  }
  const append = (chunk: Buffer) => {
    output += chunk
    watch()
  }
  child.stdout?.on("data", append)
  child.stderr?.on("data", append)
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) =>
    child.once("close", (code, signal) => {
      resolve({ code, signal })
      watch()
    })
  )
  const says = (pattern: RegExp) =>
    Effect.callback<RegExpExecArray>((resume) => {
      const look = () => {
        const found = pattern.exec(output)
        if (found === null && child.exitCode === null && child.signalCode === null) return
        watchers.delete(look)
        resume(
          found === null ? Effect.die(`The program ended without saying ${pattern}:\n${output}`) : Effect.succeed(found)
        )
      }
      watchers.add(look)
      look()
      return Effect.sync(() => watchers.delete(look))
    })
  return { child, output: () => output, says, exited: Effect.promise(() => ended) } satisfies Zst
})

/** A running server over this database: its address. */
export const spawnServer = Effect.fnUntraced(function* (databaseUrl: string, env: Record<string, string> = {}) {
  const zst = yield* spawnZst(["serve"], { DATABASE_URL: databaseUrl, PORT: "0", RATE_LIMITS: "off", ...env })
  const [, url] = yield* zst.says(/(http:\/\/localhost:\d+)/)
  return { ...zst, url: (url ?? "").replace("localhost", "127.0.0.1") }
})
