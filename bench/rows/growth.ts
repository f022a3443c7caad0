/** What a request costs where there are a hundred times as many products. */
import { Effect, Redacted } from "effect"
import type { SqlClient, SqlError } from "effect/sql"
import { pool } from "../../src/layers/Postgres.ts"
import { productCount } from "../catalog.ts"
import { inTurns, type Measure, medianOf, summary } from "../compare.ts"
import { grown } from "../grown.ts"
import { type Stage, startOurs } from "../stage.ts"
import type { Load } from "../wrk.ts"
import type { Extent } from "./index.ts"

/** Of the server and of PostgreSQL. */
const costOf = ({ cpu }: Measure) => (cpu === undefined ? 0 : cpu.server + cpu.database)

/** A request costs what it costs, however many wait. */
const connections = 2

type MakeLoad = (stage: Stage) => Effect.Effect<Load, SqlError.SqlError, SqlClient.SqlClient>

export const growth = (name: string, make: MakeLoad) =>
  Effect.fnUntraced(function* (stage: Stage, { products, ...timing }: Extent) {
    const [few, many] = [yield* grown(stage, productCount), yield* grown(stage, products)]
    const load = yield* Effect.provide(make(few), pool({ url: Redacted.make(few.databaseUrl), maxConnections: 3 }))
    const probe = "/api/v1/products"
    // What jobs cost is no request's: the words of a million products alone are counted for twenty seconds.
    const alone = { JOBS: "off" }
    const sides = { ours: yield* startOurs(many, probe, alone), bare: yield* startOurs(few, probe, alone) }
    const measured = yield* inTurns(
      stage,
      { name, load: { ...load, connections }, ...sides, onceWarm: Effect.void },
      timing
    )
    const times = measured.map(({ ours, bare }) => costOf(ours) / costOf(bare))
    const parts = [
      { name: products.toLocaleString("en"), ...medianOf(measured.map(({ ours }) => ours)) },
      { name: productCount.toLocaleString("en"), ...medianOf(measured.map(({ bare }) => bare)) }
    ]
    return { ...summary(times), parts }
  }, Effect.scoped)
