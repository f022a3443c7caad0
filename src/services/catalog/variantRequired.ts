import { Effect } from "effect"
import type { SqlClient } from "effect/sql"
import { VariantRequired } from "./errors.ts"
import { choicesOf } from "./skuSql.ts"

/** Refuses what names a product of several variants alone, and tells them. */
export const variantRequired = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  named: ReadonlyArray<{ readonly field: string; readonly product_id: string }>
) {
  const choices = yield* choicesOf(
    sql,
    named.map(({ product_id }) => product_id)
  )
  return yield* new VariantRequired({
    details: named.map(({ field, product_id }) => ({
      field,
      message: "This product has several variants: choose one",
      product_id,
      variants: choices
        .filter((choice) => choice.product_id === product_id)
        .map(({ product_id: _, price, ...choice }) => ({ ...choice, price: price / 100 }))
    }))
  })
})
