import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/** A product's one sku, or one of several: `price` is in centimes, and the product's where there is none. */
export type NewSku = {
  /** The product's id. */
  readonly id: string
  readonly stock: number | null
  readonly price?: number | undefined
  readonly options?: Readonly<Record<string, string>>
}

/** Gives these products their skus, with what there is of each from the beginning: the ids in the same order. */
export const insertSkus = Effect.fnUntraced(function* (skus: ReadonlyArray<NewSku>) {
  const sql = yield* SqlClient.SqlClient
  const rows = JSON.stringify(skus.map((sku, index) => ({ options: {}, ...sku, index })))
  const made = yield* sql<{ id: string }>`
    WITH given AS MATERIALIZED (
      SELECT uuidv7() AS sku, g.* FROM json_to_recordset(${rows}::text::json)
        AS g (id uuid, stock int, price bigint, options jsonb, index int)
    ),
    made AS (
      INSERT INTO skus (id, product_id, stock, price, options, position)
      SELECT sku, id, stock, price, options, row_number() OVER (PARTITION BY id ORDER BY index) - 1 FROM given
    ),
    opened AS (
      INSERT INTO stock_movements (id, sku_id, delta, reason, actor)
      SELECT uuidv7(), sku, stock, 'opening', 'system' FROM given WHERE stock > 0
    )
    SELECT sku AS id FROM given ORDER BY index`
  return made.map(({ id }) => id)
})
