/** What an event costs the checkout, and how long it takes from the commit to who consumes it. */
import { type ChildProcess, fork } from "node:child_process"
import { randomUUID } from "node:crypto"
import { fileURLToPath } from "node:url"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import postgres from "postgres"
import { maxTotal } from "../../src/services/orders/money.ts"
import { parametersOf, placeOne } from "../../src/services/orders/placeSql.ts"
import { settled } from "../catalog.ts"
import { inTurn, type Measure, type Pair, percentile, summary, type Timing } from "../compare.ts"
import { BenchFailed } from "../failure.ts"
import type { Stage } from "../stage.ts"

const connections = 8
const rate = 500
const program = fileURLToPath(new URL("../eventProcess.ts", import.meta.url))

const withoutEvent = placeOne.replace(/,\ntold AS \([\s\S]*?\n\)\nSELECT /, "\nSELECT ")

const promised = <A>(run: () => Promise<A>) =>
  Effect.tryPromise({ try: run, catch: (error) => new BenchFailed({ message: String(error) }) })

const orderOf = (product_id: string) =>
  parametersOf({
    product_id,
    sku_id: null,
    quantity: 1,
    most_total: maxTotal,
    wilaya_code: 16,
    id: randomUUID(),
    order_number: `ZST-${randomUUID().slice(0, 18)}`,
    user_id: null,
    token_hash: Buffer.alloc(32),
    customer_name: "Amina Kaci",
    customer_phone: "+213550000000",
    customer_email: null,
    commune: null,
    customer_address: null,
    notes: null,
    payment_method: "cod",
    actor: "guest",
    wilaya: "Alger",
    expected_total: null
  })

const placing = async (sql: postgres.Sql, text: string, products: ReadonlyArray<string>, seconds: number) => {
  const milliseconds: Array<number> = []
  const end = performance.now() + seconds * 1000
  const one = async (lane: number) => {
    for (let i = lane; performance.now() < end; i += connections) {
      const begun = performance.now()
      const product = products[(i * 7919) % products.length] ?? ""
      const [row] = await sql.unsafe(text, orderOf(product) as never, { prepare: true })
      if (row?.json == null) throw new Error(`The order of ${product} was refused`)
      milliseconds.push(performance.now() - begun)
    }
  }
  await Promise.all(Array.from({ length: connections }, (_, lane) => one(lane)))
  return {
    rate: milliseconds.length / seconds,
    p50: percentile(milliseconds, 0.5),
    p99: percentile(milliseconds, 0.99)
  } satisfies Measure
}

const products = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`UPDATE skus SET stock = 1000000000 WHERE stock IS NOT NULL`
  yield* settled
  return (yield* sql<{ id: string }>`SELECT id FROM products WHERE status = 'active' ORDER BY id`).map(({ id }) => id)
})

const connected = ({ databaseUrl }: Stage) =>
  Effect.acquireRelease(
    Effect.sync(() => postgres(databaseUrl, { max: connections })),
    (sql) => Effect.promise(() => sql.end())
  )

/** The same statement with and without its event, in turn: A B B A. */
export const told = Effect.fnUntraced(function* (stage: Stage, { pairs, seconds }: Timing) {
  if (withoutEvent === placeOne) return yield* new BenchFailed({ message: "The statement has no event to leave out." })
  const ids = yield* products
  const sql = yield* connected(stage)
  const run = (text: string, time: number) => promised(() => placing(sql, text, ids, time))
  for (const text of [placeOne, withoutEvent]) yield* run(text, Math.min(2, seconds))
  const measured: Array<Pair> = []
  for (let pair = 0; pair < pairs; pair++) {
    measured.push(yield* inTurn(pair, run(placeOne, seconds), run(withoutEvent, seconds)))
  }
  return measured
}, Effect.scoped)

type Times = ReadonlyArray<readonly [id: string, at: number]>
type Report = { readonly placed: Times; readonly consumed: Times }

const start = ({ databaseUrl }: Stage, env: Record<string, string>) =>
  Effect.acquireRelease(
    Effect.sync(() => fork(program, { env: { PATH: process.env.PATH, DATABASE_URL: databaseUrl, ...env } })),
    (child) => Effect.sync(() => child.kill("SIGKILL"))
  )

const said = (child: ChildProcess) =>
  Effect.callback<unknown, BenchFailed>((resume) => {
    child.once("message", (message) => resume(Effect.succeed(message)))
    child.once("exit", () => resume(Effect.fail(new BenchFailed({ message: "A process of the event row ended." }))))
  })

/** A transaction that writes, on something that nobody else asks for, and stays open for 200 ms; again and again. */
const openFor200ms = Effect.fnUntraced(function* (stage: Stage) {
  const sql = yield* connected(stage)
  const one = promised(() => sql.begin((open) => [open`UPDATE bench_other SET n = n + 1`, open`SELECT pg_sleep(0.2)`]))
  yield* Effect.forkScoped(Effect.forever(one))
})

/** A process that has just begun compiles its code for a second or two, in which orders take 0.4 s: not what is measured. */
const warmUpSeconds = 3

type Circumstances = { readonly consumer: "here" | "elsewhere"; readonly beside?: true }

const once = Effect.fnUntraced(function* (stage: Stage, { consumer, beside }: Circumstances, seconds: number) {
  const [here, elsewhere] = consumer === "here" ? ["yes", ""] : ["", "yes"]
  if (beside) yield* openFor200ms(stage)
  const other = elsewhere === "" ? undefined : yield* start(stage, { CONSUMES: elsewhere })
  if (other !== undefined) yield* said(other)
  const child = yield* start(stage, { CONSUMES: here, RATE: String(rate), SECONDS: String(seconds) })
  yield* said(child)
  const report = (yield* said(child)) as Report
  let { consumed } = report
  if (other !== undefined) {
    const answer = said(other)
    other.send("end")
    consumed = ((yield* answer) as Report).consumed
  }
  const arrived = new Map(consumed)
  const warm = report.placed.slice(rate * warmUpSeconds)
  const took = warm.flatMap(([id, committed]) => {
    const read = arrived.get(id)
    return read === undefined ? [] : [Math.max(0, read - committed)]
  })
  const missing = warm.length - took.length
  if (missing > 0) return yield* new BenchFailed({ message: `${missing} events did not arrive.` })
  process.stderr.write(` ${percentile(took, 0.5).toFixed(1)}/${percentile(took, 0.99).toFixed(1)}`)
  return percentile(took, 0.99)
}, Effect.scoped)

const repeats = 5
const secondsEach = 9

/** The 99th percentile of the time from an order's commit to its consumer, at 500 orders a second, in milliseconds. */
export const latency = (circumstances: Circumstances) =>
  Effect.fnUntraced(function* (stage: Stage) {
    const sql = yield* SqlClient.SqlClient
    yield* sql`CREATE UNLOGGED TABLE IF NOT EXISTS bench_figures (id uuid, total bigint)`
    yield* sql`CREATE TABLE IF NOT EXISTS bench_other AS SELECT 1 AS n`
    yield* products
    process.stderr.write("p50/p99 ms:")
    const values: Array<number> = []
    for (let i = 0; i < repeats; i++) values.push(yield* once(stage, circumstances, secondsEach))
    process.stderr.write("\n")
    return summary(values)
  })
