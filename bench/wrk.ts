/** wrk, the load generator: its figures are latencies in milliseconds. */
import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { Effect, Schema } from "effect"
import { BenchFailed } from "./failure.ts"

const script = fileURLToPath(new URL("wrk/load.lua", import.meta.url))
const manyConnections = 32

/** What is sent: `fixed` the URL itself, the others the lines of a file as load.lua says. */
export type Load = {
  readonly mode: "fixed" | "random" | "unique" | "post" | "upload"
  readonly path: string
  readonly file?: string | undefined
  readonly headers?: Readonly<Record<string, string>>
  /** How many ask at once; for work that takes long, few. */
  readonly connections?: number
}

const Measured = Schema.fromJsonString(
  Schema.Struct({
    requests: Schema.Finite,
    seconds: Schema.Finite,
    p50: Schema.Finite,
    p99: Schema.Finite,
    refused: Schema.Finite,
    broken: Schema.Finite
  })
)
const decode = Schema.decodeUnknownEffect(Measured)

const run = (command: string, args: ReadonlyArray<string>) =>
  Effect.tryPromise({
    try: (signal) => promisify(execFile)(command, args, { signal }),
    catch: () => new BenchFailed({ message: `${command} failed` })
  })

/** Finds wrk, or installs it where that is possible without asking anybody. */
export const needWrk = Effect.gen(function* () {
  if (yield* hasWrk) return
  if (process.getuid?.() === 0) {
    process.stderr.write("Installing wrk with apt-get…\n")
    yield* Effect.ignore(run("apt-get", ["install", "-y", "-qq", "wrk"]))
    if (yield* hasWrk) return
  }
  return yield* new BenchFailed({ message: "The load generator wrk is missing: install it (apt-get install wrk)." })
})

const hasWrk = Effect.callback<boolean>((resume) => {
  // Without arguments it prints its usage and exits with 1.
  execFile("wrk", ["-v"], (error) => resume(Effect.succeed(error?.code !== "ENOENT")))
})

/** Loads a server for so many seconds. Any answer but a 2xx fails, unless it is only to warm up. */
export const loaded = Effect.fnUntraced(function* (
  url: string,
  load: Load,
  seconds: number,
  seed: number,
  mayRefuse = false
) {
  const { stdout } = yield* run("wrk", [
    "--threads=1",
    `--connections=${load.connections ?? manyConnections}`,
    "--timeout=20s",
    `--duration=${seconds}s`,
    `--script=${script}`,
    ...Object.entries(load.headers ?? {}).map(([name, value]) => `--header=${name}: ${value}`),
    `${url}${load.path}`,
    "--",
    load.mode,
    ...(load.file === undefined ? [] : [load.file, String(seed)])
  ])
  const last = stdout.trim().split("\n").at(-1)
  const { refused, broken, ...measured } = yield* Effect.orDie(decode(last))
  const { requests } = measured
  if ((!mayRefuse && (refused > 0 || requests === 0)) || broken > 0) {
    return yield* new BenchFailed({
      message: `${url}${load.path}: of ${requests} answers ${refused} were refusals, and ${broken} connections broke`
    })
  }
  return measured
})
