import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export type Stocked = { readonly id: string; readonly stock: number | null }

/** Gives each of these products its one sku, with what there is of it from the beginning: the skus' ids by product. */
export const insertSkus = Effect.fnUntraced(function* (products: ReadonlyArray<Stocked>) {
  const sql = yield* SqlClient.SqlClient
  const rows = JSON.stringify(products.map(({ id, stock }) => ({ id, stock })))
  const made = yield* sql<{ id: string; product_id: string }>`
    WITH made AS (
      INSERT INTO skus (id, product_id, stock)
      SELECT uuidv7(), p.id, p.stock FROM json_to_recordset(${rows}::text::json) AS p (id uuid, stock int)
      RETURNING id, product_id, stock
    ),
    opened AS (
      INSERT INTO stock_movements (id, sku_id, delta, reason, actor)
      SELECT uuidv7(), id, stock, 'opening', 'system' FROM made WHERE stock > 0
    )
    SELECT id, product_id FROM made`
  return new Map(made.map(({ id, product_id }) => [product_id, id]))
})
