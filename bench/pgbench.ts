/** pgbench, which runs statements as fast as PostgreSQL does. */
import { execFile } from "node:child_process"
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { promisify } from "node:util"
import { Effect } from "effect"
import { type Measure, percentile } from "./compare.ts"
import { cpuOf, cpuOfFamily } from "./cpu.ts"
import { BenchFailed, NotMeasured } from "./failure.ts"
import type { Stage } from "./stage.ts"

const connections = 10

/** Debian's wrapper is there without it as well, and fails. */
export const needPgbench = Effect.tryPromise({
  try: () => promisify(execFile)("pgbench", ["--version"]),
  catch: () => new NotMeasured({ message: "pgbench is not installed: Debian has it in the package postgresql." })
})

/** The script for so many seconds, its statements prepared. `:turn` is another one each time, and `:n` begins at 0. */
export const pgbench = Effect.fnUntraced(function* (stage: Stage, script: string, seconds: number, turn: number) {
  const { directory, databaseUrl, postmaster } = stage
  writeFileSync(`${directory}/pgbench.sql`, script)
  const before = { client: cpuOf(process.pid), database: cpuOfFamily(postmaster) }
  const args = ["--no-vacuum", "--protocol=prepared", `--client=${connections}`, `--time=${seconds}`]
  const log = ["--log", "--log-prefix=pgbench"]
  const all = [...args, ...log, `--define=turn=${turn}`, "--define=n=0", "--file=pgbench.sql", databaseUrl]
  yield* Effect.tryPromise({
    try: (signal) => promisify(execFile)("pgbench", all, { cwd: directory, signal }),
    catch: (error) => new BenchFailed({ message: `pgbench failed: ${(error as { stderr?: string }).stderr}` })
  })
  const files = readdirSync(directory).filter((name) => /^pgbench\.\d/.test(name))
  const lines = files.flatMap((name) => readFileSync(`${directory}/${name}`, "utf8").trim().split("\n"))
  for (const name of files) rmSync(`${directory}/${name}`)
  const milliseconds = lines.map((line) => Number(line.split(" ")[2]) / 1000)
  const each = (used: number) => (used / lines.length) * 1e6
  return {
    rate: lines.length / seconds,
    p50: percentile(milliseconds, 0.5),
    p99: percentile(milliseconds, 0.99),
    // Of programs that have ended: pgbench itself.
    cpu: {
      server: each(cpuOf(process.pid) - before.client),
      database: each(cpuOfFamily(postmaster) - before.database)
    }
  } satisfies Measure
})
