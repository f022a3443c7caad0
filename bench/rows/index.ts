/** Every row, with its bar as the design sets it. */
import { Effect } from "effect"
import type { SqlClient, SqlError } from "effect/sql"
import { type Comparison, compare, median, medianOf, type Pair, type Timing } from "../compare.ts"
import type { BenchFailed, NotMeasured } from "../failure.ts"
import type { Outcome, Part } from "../report.ts"
import { type Stage, startOurs } from "../stage.ts"
import { latency, told } from "./events.ts"
import { growth } from "./growth.ts"
import { images } from "./images.ts"
import { afterWork, atRest } from "./memory.ts"
import { orders } from "./orders.ts"
import { list, listLoad, page, product, signed } from "./products.ts"
import { search, searchLoad } from "./search.ts"
import { start } from "./start.ts"
import { statement } from "./statement.ts"
import { uploads } from "./uploads.ts"
import { video, videoOutcome } from "./video.ts"

type Row = {
  readonly row: string
  readonly title: string
  readonly run: (stage: Stage, extent: Extent) => Taking<Outcome>
}

/** How long it is measured, and how many products the greater catalogue has. */
export type Extent = Timing & { readonly products: number }

type Taking<A> = Effect.Effect<A, BenchFailed | NotMeasured | SqlError.SqlError, SqlClient.SqlClient>

type MakeComparison = (stage: Stage, ours: string) => Effect.Effect<Comparison, SqlError.SqlError, SqlClient.SqlClient>

const ratioOutcome = (row: string, title: string, bar: number, measured: ReadonlyArray<Pair>): Outcome => {
  const ratios = measured.map(({ ours, bare }) => ours.rate / bare.rate)
  return {
    row,
    title,
    bar,
    ratio: median(ratios),
    holds: median(ratios) >= bar,
    spread: [Math.min(...ratios), Math.max(...ratios)],
    ours: medianOf(measured.map(({ ours }) => ours)),
    comparator: medianOf(measured.map(({ bare }) => bare)),
    pairs: measured.length
  }
}

const ratio = (row: string, title: string, bar: number, make: MakeComparison): Row => ({
  row,
  title,
  run: Effect.fnUntraced(function* (stage, timing) {
    const ours = yield* startOurs(stage, "/api/v1/products")
    const measured = yield* compare(stage, ours, yield* make(stage, ours.url), timing)
    return ratioOutcome(row, title, bar, measured)
  }, Effect.scoped)
})

type Taken = {
  readonly value: number
  readonly spread: readonly [number, number]
  readonly parts?: ReadonlyArray<Part>
}

const limit = (
  row: string,
  title: string,
  bar: number,
  unit: string,
  take: (stage: Stage, extent: Extent) => Taking<Taken>
): Row => ({
  row,
  title,
  run: (stage, extent) =>
    Effect.map(take(stage, extent), (taken) => ({ row, title, bar, unit, ...taken, holds: taken.value <= bar }))
})

const videoRow: Row = {
  row: "video",
  title: "6 s of 720p to poster and two renditions, against the bare transcode in a process of its own",
  run: (stage, { pairs }) =>
    Effect.map(video(stage, pairs), (measured) => {
      const outcome = videoOutcome(measured)
      return { row: videoRow.row, title: videoRow.title, bar: 0.9, holds: outcome.ratio >= 0.9, ...outcome }
    })
}

/** What measures both sides itself. */
const pairs = (
  row: string,
  title: string,
  bar: number,
  measure: (stage: Stage, extent: Extent) => Taking<ReadonlyArray<Pair>>
): Row => ({
  row,
  title,
  run: (stage, extent) => Effect.map(measure(stage, extent), (measured) => ratioOutcome(row, title, bar, measured))
})

export const rows: ReadonlyArray<Row> = [
  ratio("page", "GET /products page 1, 20 items, warm, against node:http sending the same bytes", 0.8, page),
  ratio("signed", "the same with a token, in gzip, against node:http sending the same bytes", 0.6, signed),
  ratio("list", "GET /products, never the same query twice, against node:http + postgres.js", 0.9, list),
  ratio("product", "GET /products/:id at random, against node:http + postgres.js", 0.9, product),
  ratio("orders", "POST /orders, guest, one item, against node:http + postgres.js, same statement", 0.8, orders),
  pairs("statement", "the same against pgbench running the statement", 0.8, statement),
  limit("search", "p99 of the slowest kind of search, of 60,000 products", 100, "ms", search),
  limit(
    "searchGrowth",
    "cost of a search of 1,000,000 products against 10,000",
    3,
    "×",
    growth("searchGrowth", (stage) => Effect.sync(() => searchLoad(stage)))
  ),
  limit("listGrowth", "cost of a page of 1,000,000 products against 10,000", 1.3, "×", growth("listGrowth", listLoad)),
  ratio("images", "POST /products/:id/images, a photograph, against node:http + sharp", 0.8, images),
  videoRow,
  pairs("events", "the order statement with its event, against itself without", 0.85, told),
  limit(
    "wake",
    "p99 from an order's commit to a consumer in its process, at 500 orders/s",
    50,
    "ms",
    latency({ consumer: "here" })
  ),
  limit(
    "beside",
    "the same beside a transaction that stays open for 200 ms",
    50,
    "ms",
    latency({ consumer: "here", beside: true })
  ),
  limit("notify", "the same with the consumer in another process", 50, "ms", latency({ consumer: "elsewhere" })),
  limit("start", "from the start of the process to its first 200, database up", 0.6, "s", start),
  limit("memory", "resident memory at rest, with S3 and schedules", 110, "MB", atRest),
  limit("worked", "the same after lists, searches and orders over 32 connections", 200, "MB", afterWork),
  limit("uploads", "what eight uploads of 40 MB at once add to the server's resident memory", 32, "MB", uploads)
]
