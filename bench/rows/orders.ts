import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { customerAt } from "../../src/cli/seed/vocabulary.ts"
import { maxTotal } from "../../src/services/orders/money.ts"
import { parameters, placeOne } from "../../src/services/orders/placeSql.ts"
import { settled } from "../catalog.ts"
import type { Comparison } from "../compare.ts"
import type { Stage } from "../stage.ts"
import type { Load } from "../wrk.ts"
import { capture, constantHeaders, requestFile } from "./files.ts"

const path = "/api/v1/orders"

/** A guest's order of one of a product that is on sale. */
const bodies = (products: ReadonlyArray<string>) =>
  products.map((product_id, i) => {
    const { name, phone } = customerAt(i)
    const items = [{ product_id, quantity: 1 }]
    return JSON.stringify({ customer_name: name, customer_phone: phone, items })
  })

const allBodies = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  // Selling out would end the row early, and a queue for the last piece is another measurement.
  yield* sql`UPDATE skus SET stock = 1000000000 WHERE stock IS NOT NULL`
  yield* settled
  const rows = yield* sql<{ id: string }>`SELECT id FROM products WHERE status = 'active' ORDER BY id`
  return bodies(rows.map(({ id }) => id))
})

const loadOf = (stage: Stage, lines: ReadonlyArray<string>): Load => ({
  mode: "post",
  path,
  file: requestFile(stage, "orders", lines)
})

export const ordersLoad = (stage: Stage) => Effect.map(allBodies, (lines) => loadOf(stage, lines))

export const orders = Effect.fnUntraced(function* (stage: Stage, ours: string) {
  const lines = yield* allBodies
  const samples = lines.slice(0, 20).map((body) => ({ path, body }))
  const { response } = yield* capture(`${ours}${path}`, lines[0] ?? "")
  return {
    name: "orders",
    bare: "order.ts",
    given: { headers: constantHeaders(response), statement: { text: placeOne, parameters, maxTotal } },
    load: loadOf(stage, lines),
    samples,
    agreement: "shape",
    probe: "/"
  } satisfies Comparison
})
