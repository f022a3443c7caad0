import { Effect } from "effect"
import type { SqlClient } from "effect/sql"
import { VariantRequired } from "./errors.ts"
import { choicesOf } from "./skuSql.ts"

/** Refuses what names a product alone that has variants to choose from, and tells them. */
export const requireVariant = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  named: ReadonlyArray<{ readonly field: string; readonly product_id: string }>
) {
  if (named.length === 0) return
  const ids = named.map(({ product_id }) => product_id)
  const choices = Map.groupBy(yield* choicesOf(sql, ids), ({ product_id }) => product_id)
  const details = named.flatMap(({ field, product_id }) => {
    const variants = choices.get(product_id)?.map(({ product_id: _, price, ...choice }) => ({
      ...choice,
      price: price / 100
    }))
    if (variants === undefined) return []
    return [{ field, message: "This product has several variants: choose one", product_id, variants }]
  })
  if (details.length > 0) return yield* new VariantRequired({ details })
})
