/** Two servers under the same load, in turn: A B A B … */
import { writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { Effect } from "effect"
import { startServer } from "./child.ts"
import { type Agreement, checkSame, type Sample } from "./same.ts"
import type { Stage } from "./stage.ts"
import { type Load, type Measure, measure } from "./wrk.ts"

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

export type Timing = { readonly pairs: number; readonly seconds: number }

/** How far apart two runs of load.lua's unique queries begin: more than one of them can send. */
const distance = 60_000

export const compare = Effect.fnUntraced(function* (
  stage: Stage,
  ours: string,
  comparison: Comparison,
  { pairs, seconds }: Timing
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
  yield* checkSame(ours, bare.url, samples, agreement)
  const measured: Array<{ readonly ours: Measure; readonly bare: Measure }> = []
  for (let pair = -1; pair < pairs; pair++) {
    const warmUp = pair === -1
    const seed = (pair + 1) * distance
    const time = warmUp ? Math.min(2, seconds) : seconds
    process.stderr.write(warmUp ? `${name}: warming up` : ` ${pair + 1}`)
    const one = { ours: yield* measure(ours, load, time, seed), bare: yield* measure(bare.url, load, time, seed) }
    if (!warmUp) measured.push(one)
  }
  process.stderr.write("\n")
  return measured
}, Effect.scoped)

export const median = (numbers: ReadonlyArray<number>) => {
  const sorted = numbers.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
}

export const medianOf = (measures: ReadonlyArray<Measure>): Measure => ({
  rate: median(measures.map(({ rate }) => rate)),
  p50: median(measures.map(({ p50 }) => p50)),
  p99: median(measures.map(({ p99 }) => p99))
})
