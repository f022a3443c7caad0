/** A row's outcome: a line of results.jsonl and a line of the table. */
import { execFileSync } from "node:child_process"
import { appendFileSync } from "node:fs"
import { cpus } from "node:os"
import { fileURLToPath } from "node:url"
import type { Measure } from "./compare.ts"

export type Outcome = {
  readonly row: string
  readonly title: string
  readonly bar: number
  readonly holds: boolean
  readonly spread: readonly [number, number]
} & (
  | { readonly ratio: number; readonly ours: Measure; readonly comparator: Measure; readonly pairs: number }
  | { readonly value: number; readonly unit: string; readonly parts?: ReadonlyArray<Part> }
)

/** What a figure is made of. */
export type Part = Measure & { readonly name: string }

const results = fileURLToPath(new URL("results.jsonl", import.meta.url))

const git = (...args: ReadonlyArray<string>) => {
  try {
    return execFileSync("git", args, { cwd: fileURLToPath(new URL("..", import.meta.url)), encoding: "utf8" }).trim()
  } catch {
    return ""
  }
}

// The figures of the row before are no change.
export const hasChanges = () => git("status", "--porcelain", "--", ".", ":!bench/results.jsonl") !== ""

/** On what a figure was measured. */
const about = () => ({
  date: new Date().toISOString(),
  commit: git("rev-parse", "--short", "HEAD"),
  changed: hasChanges(),
  cpu: `${cpus()[0]?.model} × ${cpus().length}`,
  node: process.version
})

const rounded = (_: string, value: unknown) =>
  typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value

/** With the machine's load before the row, which has nothing of the row's own in it. */
export const lineOf = ({ title: _, ...outcome }: Outcome, load_before: number) =>
  JSON.stringify({ ...outcome, ...about(), load_before }, rounded)

export const append = (outcome: Outcome, load: number) => appendFileSync(results, `${lineOf(outcome, load)}\n`)

const rate = (perSecond: number) => Math.round(perSecond).toLocaleString("en")
const work = ({ cpu }: Measure) => (cpu === undefined ? "" : `${cpu.server.toFixed(0)} + ${cpu.database.toFixed(0)}`)
const latency = ({ p50, p99 }: Measure) => `${p50.toFixed(1)} / ${p99.toFixed(1)}`

const cells = (outcome: Outcome): ReadonlyArray<string> => {
  const { row, bar, spread, holds } = outcome
  const verdict = holds ? "yes" : "NO"
  if ("value" in outcome) {
    const { unit } = outcome
    const figures = [outcome.value, ...spread].map((value) => value.toPrecision(3))
    return [
      row,
      "",
      "",
      `${figures[0]} ${unit}`,
      `${figures[1]}–${figures[2]}`,
      "",
      "",
      "",
      "",
      `≤ ${bar} ${unit}`,
      verdict
    ]
  }
  const { ours, comparator, ratio } = outcome
  return [
    row,
    rate(ours.rate),
    rate(comparator.rate),
    ratio.toFixed(2),
    `${spread[0].toFixed(2)}–${spread[1].toFixed(2)}`,
    latency(ours),
    latency(comparator),
    work(ours),
    work(comparator),
    `≥ ${bar}`,
    verdict
  ]
}

const partCells = (part: Part) => [`  ${part.name}`, rate(part.rate), "", "", "", latency(part), "", work(part)]

const linesOf = (outcome: Outcome) => [
  cells(outcome),
  ...("parts" in outcome && outcome.parts !== undefined ? outcome.parts.map(partCells) : [])
]

const heads = [
  "row",
  "ours/s",
  "bare/s",
  "ratio",
  "spread",
  "ours p50/p99",
  "bare p50/p99 ms",
  "ours µs",
  "bare µs server + db",
  "bar",
  "holds"
]

export const table = (outcomes: ReadonlyArray<Outcome>) => {
  const lines = [heads, ...outcomes.flatMap(linesOf)]
  const widths = heads.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd()
    )
    .join("\n")
}

export const verdict = (outcomes: ReadonlyArray<Outcome>) => {
  const held = outcomes.filter(({ holds }) => holds)
  const missed = outcomes.filter(({ holds }) => !holds).map(({ row }) => row)
  return missed.length === 0
    ? `All ${held.length} bars hold.`
    : `${held.length} of ${outcomes.length} bars hold; not: ${missed.join(", ")}.`
}
