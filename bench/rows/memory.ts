/** What the server weighs, with a store of objects in S3: at rest, and after much work. */
import { readFileSync } from "node:fs"
import { Effect } from "effect"
import { s3Server } from "../../test/support/s3.ts"
import { pause } from "../child.ts"
import { distance, summary, type Timing } from "../compare.ts"
import { type Stage, startOurs } from "../stage.ts"
import { loaded } from "../wrk.ts"
import { images } from "./images.ts"
import { ordersLoad } from "./orders.ts"
import { listLoad } from "./products.ts"
import { searchLoad } from "./search.ts"

/** Schedules begin ten seconds after the start. */
const settle = 13_000
const runs = 3
const connections = 32
const probe = "/api/v1/products"

/** In MB. */
export const residentOf = (pid: number) =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024

const startWithS3 = Effect.fnUntraced(function* (stage: Stage) {
  const { environment } = yield* s3Server
  const server = yield* startOurs(stage, probe, environment)
  yield* pause(settle)
  return server
})

/** Once it has started and answered, its schedules running. */
export const atRest = Effect.fnUntraced(function* (stage: Stage) {
  const sizes: Array<number> = []
  for (let run = 0; run < runs; run++) {
    sizes.push(yield* Effect.scoped(Effect.map(startWithS3(stage), ({ pid }) => residentOf(pid))))
  }
  return summary(sizes)
})

/** After lists, searches and orders over 32 connections, and a picture, which loads what speaks to S3. */
export const afterWork = Effect.fnUntraced(function* (stage: Stage, { pairs, seconds }: Timing) {
  const { url, pid } = yield* startWithS3(stage)
  yield* images(stage, url)
  const loads = [yield* listLoad(stage), searchLoad(stage), yield* ordersLoad(stage)]
  const sizes: Array<number> = []
  process.stderr.write("worked: MB")
  for (let turn = 0; turn < pairs; turn++) {
    for (const load of loads) {
      // Searches that find no connection free are refused, and weigh all the same.
      yield* loaded(url, { ...load, connections }, seconds, (turn + 1) * distance, true)
      sizes.push(residentOf(pid))
    }
    process.stderr.write(` ${sizes.at(-1)?.toFixed(0)}`)
  }
  process.stderr.write("\n")
  return { value: Math.max(...sizes), spread: [Math.min(...sizes), Math.max(...sizes)] as const }
}, Effect.scoped)
