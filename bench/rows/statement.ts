/** Orders over HTTP against pgbench, which runs the same statement and does nothing else. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { maxTotal } from "../../src/services/orders/money.ts"
import { parameters, placeOne } from "../../src/services/orders/placeSql.ts"
import { productCount, productId } from "../catalog.ts"
import { distance, inTurn, type Measure, measure, type Pair, type Timing, warmUp } from "../compare.ts"
import { BenchFailed } from "../failure.ts"
import { needPgbench, pgbench } from "../pgbench.ts"
import { type Stage, startOurs } from "../stage.ts"
import { ordersLoad } from "./orders.ts"

/** A text that no other order has, one a transaction. */
const own = "(:turn || '-' || :client_id || '-' || :n)"

/** In SQL, what the server would have sent; all else is NULL. */
const values: { readonly [name in (typeof parameters)[number]]?: string } = {
  product_id: productId(":product::bigint"),
  quantity: "1",
  most_total: String(maxTotal),
  // Later ones are greater, as those of the server are.
  id: "(lpad(to_hex(:turn::bigint), 8, '0') || lpad(to_hex(:n::bigint), 12, '0') || lpad(to_hex(:client_id::bigint), 12, '0'))::uuid",
  order_number: `('ZST-' || ${own})`,
  token_hash: `sha256(${own}::bytea)`,
  customer_name: "'Amina Kaci'",
  customer_phone: "('+213' || 500000000 + :product)",
  payment_method: "'cod'",
  actor: "'guest'"
}

/** To pgbench a colon and a letter are a variable, within texts too. */
const withoutVariables = placeOne.replaceAll(/:([A-Za-z])/g, (all, letter, at) =>
  placeOne[at - 1] === ":" ? all : `:' || '${letter}`
)

const given = parameters.map((name) => values[name] ?? "NULL")

const script = `\\set n :n + 1
\\set product random(0, ${productCount - 1})
${withoutVariables.replaceAll(/\$(\d+)/g, (_, number) => given[number - 1] ?? "")};
`

const warmUpSeconds = 1

/** An order that is refused is none of pgbench's errors. */
const checkPlaced = Effect.fnUntraced(function* ({ rate }: Measure, seconds: number) {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{
    count: number
  }>`SELECT count(*)::int AS count FROM orders WHERE order_number LIKE 'ZST-0-%'`
  const ran = Math.round(rate * seconds)
  if (row?.count !== ran) return yield* new BenchFailed({ message: `pgbench placed ${row?.count} orders of ${ran}` })
})

export const statement = Effect.fnUntraced(function* (stage: Stage, { pairs, seconds }: Timing) {
  yield* needPgbench
  const load = yield* ordersLoad(stage)
  const ours = yield* startOurs(stage, "/api/v1/products")
  process.stderr.write("statement: warming up")
  yield* warmUp(ours, load, seconds)
  yield* checkPlaced(yield* pgbench(stage, script, warmUpSeconds, 0), warmUpSeconds)
  const measured: Array<Pair> = []
  for (let pair = 0; pair < pairs; pair++) {
    process.stderr.write(` ${pair + 1}`)
    const turn = pair + 1
    const sent = measure(stage, ours, load, seconds, turn * distance)
    measured.push(yield* inTurn(pair, sent, pgbench(stage, script, seconds, turn)))
  }
  process.stderr.write("\n")
  return measured
}, Effect.scoped)
