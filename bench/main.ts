/** `npm run bench [-- ROW …] [--pairs N] [--seconds N] [--products N] [--strict] [--draft]` */
import { parseArgs } from "node:util"
import { NodeRuntime } from "@effect/platform-node"
import { Cause, Effect, Exit, Option, Redacted, References } from "effect"
import { migrate } from "../src/layers/Migrations.ts"
import { pool } from "../src/layers/Postgres.ts"
import { loadCatalog } from "./catalog.ts"
import { BenchFailed } from "./failure.ts"
import { load, quiet } from "./quiet.ts"
import { append, hasChanges, type Outcome, table, verdict } from "./report.ts"
import { rows } from "./rows/index.ts"
import { openStage, type Stage } from "./stage.ts"
import { needWrk } from "./wrk.ts"

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    pairs: { type: "string", default: "6" },
    seconds: { type: "string", default: "3" },
    products: { type: "string", default: "1000000" },
    strict: { type: "boolean", default: false },
    draft: { type: "boolean", default: false }
  }
})

const chosen = Effect.gen(function* () {
  const unknown = positionals.find((name) => !rows.some(({ row }) => row === name))
  if (unknown === undefined) return rows.filter(({ row }) => positionals.length === 0 || positionals.includes(row))
  const known = rows.map(({ row, title }) => `  ${row.padEnd(8)} ${title}`).join("\n")
  return yield* new BenchFailed({ message: `There is no row "${unknown}". The rows are:\n${known}` })
})

const measured = Effect.fnUntraced(function* (stage: Stage) {
  process.stderr.write("Loading 10,000 products…\n")
  yield* migrate
  yield* loadCatalog
  const extent = { pairs: Number(values.pairs), seconds: Number(values.seconds), products: Number(values.products) }
  const outcomes: Array<Outcome> = []
  for (const { row, run, title } of yield* chosen) {
    const before = yield* values.draft ? load : quiet(load)
    process.stderr.write(`${title}\n`)
    const outcome = yield* run(stage, extent).pipe(
      Effect.catchTag("NotMeasured", ({ message }) => Effect.sync(() => unmeasured(row, message)))
    )
    if (outcome === undefined) continue
    if (!values.draft) append(outcome, before)
    outcomes.push(outcome)
  }
  return outcomes
})

/** The other rows go on, and the whole has failed. */
const unmeasured = (row: string, message: string) => {
  process.stderr.write(`${row} was not measured: ${message}\n`)
  process.exitCode = 1
  return undefined
}

/** What is recorded was measured on a commit. */
const fit = Effect.suspend(() => {
  if (values.draft || !hasChanges()) return Effect.void
  const fault = "The tree has changes that are not committed"
  return new BenchFailed({ message: `${fault}: with --draft it measures all the same, and records nothing.` })
})

const bench = Effect.gen(function* () {
  yield* chosen
  yield* fit
  yield* needWrk
  process.stderr.write("Starting PostgreSQL…\n")
  const stage = yield* openStage
  const database = pool({ url: Redacted.make(stage.databaseUrl), maxConnections: 2 })
  const outcomes = yield* Effect.provide(measured(stage), database)
  process.stdout.write(`${table(outcomes)}\n${verdict(outcomes)}\n`)
  if (values.strict && outcomes.some(({ holds }) => !holds)) process.exitCode = 1
}).pipe(Effect.scoped, Effect.provideService(References.MinimumLogLevel, "Warn"))

const complain = (cause: Cause.Cause<unknown>) =>
  Effect.sync(() => {
    if (Cause.hasInterruptsOnly(cause)) return
    const failure = Option.getOrUndefined(Cause.findErrorOption(cause))
    process.stderr.write(`\n${failure instanceof Error ? failure.message : Cause.pretty(cause)}\n`)
  })

NodeRuntime.runMain(Effect.tapCause(bench, complain), {
  disableErrorReporting: true,
  teardown: (exit, onExit) => onExit(Exit.isSuccess(exit) ? Number(process.exitCode ?? 0) : 1)
})
