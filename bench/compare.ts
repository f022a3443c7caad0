/** Two servers under the same load, in turn: A B B A … */
import { writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { Effect } from "effect"
import { settled } from "./catalog.ts"
import { type Server, startServer } from "./child.ts"
import { cpuOf, cpuOfFamily } from "./cpu.ts"
import { type Agreement, checkSame, type Sample } from "./same.ts"
import type { Stage } from "./stage.ts"
import { type Load, loaded } from "./wrk.ts"

export type Comparison = {
  readonly name: string
  /** A file of bench/bare, and what it is told before it starts. */
  readonly bare: string
  readonly given: object
  readonly load: Load
  readonly samples: ReadonlyArray<Sample>
  readonly agreement: Agreement
  readonly probe: string
}

/** What one side did in its turn. */
export type Measure = {
  /** Of so many a second, */
  readonly rate: number
  /** which took so many milliseconds, */
  readonly p50: number
  readonly p99: number
  /** and of which each cost so many microseconds of CPU, of the server's and of PostgreSQL's. */
  readonly cpu?: { readonly server: number; readonly database: number }
}

export type Pair = { readonly ours: Measure; readonly bare: Measure }

export type Timing = { readonly pairs: number; readonly seconds: number }

/** How far apart two runs of load.lua's unique queries begin: more than one of them can send. */
export const distance = 60_000

export const compare = Effect.fnUntraced(function* (
  stage: Stage,
  ours: Server,
  comparison: Comparison,
  timing: Timing
) {
  const { name, load, samples, agreement } = comparison
  const file = `${stage.directory}/${name}.json`
  writeFileSync(file, JSON.stringify(comparison.given))
  const bare = yield* startServer({
    name: `bare-${name}`,
    args: ["--disable-warning=ExperimentalWarning", fileURLToPath(new URL(`bare/${comparison.bare}`, import.meta.url))],
    env: { DATABASE_URL: stage.databaseUrl, BARE_FILE: file },
    probe: comparison.probe,
    directory: stage.directory
  })
  yield* checkSame(ours.url, bare.url, samples, agreement)
  // Statements planned while tables were empty would go on reading the whole of what the warm-up wrote.
  return yield* inTurns(stage, { name, ours, bare, load, onceWarm: settled }, timing)
}, Effect.scoped)

type Sides<E, R> = Pick<Comparison, "name" | "load"> & {
  readonly ours: Server
  readonly bare: Server
  readonly onceWarm: Effect.Effect<void, E, R>
}

/** The same load on both, pair after pair, once both are warm. */
export const inTurns = Effect.fnUntraced(function* <E, R>(
  stage: Stage,
  { name, ours, bare, load, onceWarm }: Sides<E, R>,
  { pairs, seconds }: Timing
) {
  const measured: Array<Pair> = []
  process.stderr.write(`${name}: warming up`)
  for (const server of [ours, bare]) yield* warmUp(server, load, seconds)
  yield* onceWarm
  for (let pair = 0; pair < pairs; pair++) {
    process.stderr.write(` ${pair + 1}`)
    const turn = (server: Server) => measure(stage, server, load, seconds, (pair + 1) * distance)
    measured.push(yield* inTurn(pair, turn(ours), turn(bare)))
  }
  process.stderr.write("\n")
  return measured
})

/** Until its code is compiled: by what it has answered, for a slow machine takes longer. */
export const warmUp = Effect.fnUntraced(function* ({ url }: Server, load: Load, seconds: number) {
  const { requests: enough, turns } = warm
  for (let turn = 0, answered = 0; turn < turns && answered < enough; turn++) {
    // Somebody else's requests each time, or limits would be met; between those that are measured, of which they are.
    answered += (yield* loaded(url, load, seconds, (turn + 0.5) * distance, true)).requests
  }
})

const warm = { requests: 10_000, turns: 12 }

/** Every other pair begins with the other one: whatever a turn leaves behind falls on both. */
export const inTurn = Effect.fnUntraced(function* <A, E, R>(
  pair: number,
  ours: Effect.Effect<A, E, R>,
  bare: Effect.Effect<A, E, R>
) {
  if (pair % 2 === 0) return { ours: yield* ours, bare: yield* bare }
  const first = yield* bare
  return { ours: yield* ours, bare: first }
})

/** One turn of one server, and what PostgreSQL worked meanwhile. */
export const measure = Effect.fnUntraced(function* (
  stage: Stage,
  { pid, url }: Server,
  load: Load,
  time: number,
  seed: number
) {
  const before = { server: cpuOf(pid), database: cpuOfFamily(stage.postmaster) }
  const { requests, seconds, p50, p99 } = yield* loaded(url, load, time, seed)
  const each = (used: number) => (used / requests) * 1e6
  const cpu = {
    server: each(cpuOf(pid) - before.server),
    database: each(cpuOfFamily(stage.postmaster) - before.database)
  }
  return { rate: requests / seconds, p50, p99, cpu } satisfies Measure
})

export const median = (numbers: ReadonlyArray<number>) => {
  const sorted = numbers.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
}

export const percentile = (numbers: ReadonlyArray<number>, part: number) =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length * part)] ?? 0

/** Of figures that were taken again and again. */
export const summary = (values: ReadonlyArray<number>) => ({
  value: median(values),
  spread: [Math.min(...values), Math.max(...values)] as const
})

export const medianOf = (measures: ReadonlyArray<Measure>): Measure => {
  const cpus = measures.flatMap(({ cpu }) => cpu ?? [])
  return {
    rate: median(measures.map(({ rate }) => rate)),
    p50: median(measures.map(({ p50 }) => p50)),
    p99: median(measures.map(({ p99 }) => p99)),
    ...(cpus.length > 0 && {
      cpu: { server: median(cpus.map(({ server }) => server)), database: median(cpus.map(({ database }) => database)) }
    })
  }
}
