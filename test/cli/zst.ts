/** Runs the real program, as it is built for production, and keeps its two outputs apart. */
import { spawn } from "node:child_process"
import { join } from "node:path"
import { Effect } from "effect"
import { inject } from "vitest"

export const root = join(import.meta.dirname, "../..")

export type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string }

type Options = { readonly env?: Record<string, string>; readonly program?: string; readonly cwd?: string }

const environment = (env: Record<string, string> = {}) => ({
  PATH: process.env.PATH,
  HOME: process.env.HOME,
  ZST_DATA_DIR: inject("dataDir"),
  ...env
})

/** `zst ARGS` to its end. */
export const zst = (
  args: ReadonlyArray<string>,
  { env, program = join(inject("dist"), "zst.js"), cwd = root }: Options = {}
) =>
  Effect.callback<Ended>((resume) => {
    const child = spawn(process.execPath, [program, ...args], { cwd, env: environment(env) })
    child.stdin.end()
    let stdout = ""
    let stderr = ""
    child.stdout.on("data", (chunk) => {
      stdout += chunk
    })
    child.stderr.on("data", (chunk) => {
      stderr += chunk
    })
    child.once("close", (code) => resume(Effect.succeed({ code, stdout, stderr })))
    return Effect.sync(() => child.kill("SIGKILL"))
  })

export const data = ({ stdout }: Ended): any => JSON.parse(stdout).data
