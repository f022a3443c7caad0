import { Effect } from "effect"
import type { SqlClient } from "effect/sql"
import { invalidField } from "../errors.ts"
import type { ProductId } from "./model.ts"

const columns = [
  "name",
  "name_ar",
  "description",
  "description_ar",
  "brand",
  "product_type",
  "benefits",
  "ingredients",
  "usage_instructions",
  "delivery_estimate",
  "shipping_info",
  "returns_info",
  "payment_info",
  "attributes"
]

/** Some ten pages in French or five in Arabic: a list of a hundred such products is still sent to a phone. */
const maxBytes = 20_000

const bytes = columns.map((column) => `coalesce(octet_length(${column}::text), 0)`).join(" + ")

/** Each text of a product has its limit; this is that of all of them together, once some of these were written. */
export const checkTexts = Effect.fnUntraced(function* (sql: SqlClient.SqlClient, id: ProductId, written: object) {
  if (!columns.some((column) => Object.hasOwn(written, column))) return
  const [row] = yield* sql<{ bytes: number }>`SELECT ${sql.literal(bytes)} AS bytes FROM products WHERE id = ${id}`
  if (row === undefined || row.bytes <= maxBytes) return
  const most = maxBytes.toLocaleString("en")
  yield* invalidField(
    "description",
    `Expected texts of at most ${most} bytes in all, but they come to ${row.bytes.toLocaleString("en")}`
  )
})
