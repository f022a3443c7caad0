/** How long whoever searches waits, and what a search costs. */
import { Effect } from "effect"
import { divided } from "../../src/layers/Postgres.ts"
import { usualPool } from "../../src/layers/Settings.ts"
import { distance, type Measure, measure, medianOf, type Timing, warmUp } from "../compare.ts"
import { grown } from "../grown.ts"
import { mix, searches } from "../searches.ts"
import { type Stage, startOurs } from "../stage.ts"
import type { Load } from "../wrk.ts"
import { requestFile } from "./files.ts"

const products = 60_000
const path = "/api/v1/products"

/** Never the same one twice. As many as there are connections for searches: more would measure how long the line is. */
const loadOf = (stage: Stage, kind: string, lines: ReadonlyArray<string>): Load => ({
  mode: "unique",
  path,
  file: requestFile(stage, `search-${kind}`, lines),
  connections: divided(usualPool).searches
})

export const searchLoad = (stage: Stage) => loadOf(stage, mix.kind, mix.paths)

/** The 99th percentile of the kind of search that waits longest, the mix of all among them. */
export const search = Effect.fnUntraced(function* (stage: Stage, { pairs, seconds }: Timing) {
  const its = yield* grown(stage, products)
  const ours = yield* startOurs(its, path)
  const loads = [...searches, mix].map(({ kind, paths }) => ({ kind, load: loadOf(its, kind, paths) }))
  process.stderr.write("search: warming up")
  yield* warmUp(ours, searchLoad(its), seconds)
  const measured = new Map<string, Array<Measure>>(loads.map(({ kind }) => [kind, []]))
  for (let turn = 0; turn < pairs; turn++) {
    process.stderr.write(` ${turn + 1}`)
    for (const { kind, load } of turn % 2 === 0 ? loads : loads.toReversed()) {
      measured.get(kind)?.push(yield* measure(its, ours, load, seconds, (turn + 1) * distance))
    }
  }
  process.stderr.write("\n")
  const parts = [...measured].map(([name, measures]) => ({ name, ...medianOf(measures) }))
  const worst = Array.from({ length: pairs }, (_, turn) =>
    Math.max(...[...measured.values()].map((measures) => measures[turn]?.p99 ?? 0))
  )
  const value = Math.max(...parts.map(({ p99 }) => p99))
  return { value, spread: [Math.min(...worst), Math.max(...worst)] as const, parts }
}, Effect.scoped)
