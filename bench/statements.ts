/**
 * The SQL of the server, compiled for the bare comparators by the very functions that the server calls, so that both
 * sides always run the same statements. Parameters that come from a request are known by the marks put in their place.
 */
import { Effect } from "effect"
import { SqlClient, type Statement } from "effect/sql"
import { summaryFieldNames } from "../src/services/catalog/model.ts"
import {
  amongCategories,
  listedProductJson,
  type ProductFilter,
  partsByPrice,
  productConditions,
  productJoins,
  productJson,
  productOrders,
  productRows
} from "../src/services/catalog/productSql.ts"
import type { ProductSort } from "../src/services/catalog/requests.ts"
import { searched } from "../src/services/list.ts"
import { Centimes } from "../src/services/model.ts"
import { pageStatement } from "../src/services/pageSql.ts"
import { columnOf } from "../src/services/wire.ts"
import { shapeOf, type Template } from "./bare/shapes.ts"

const sorts: ReadonlyArray<ProductSort> = ["price", "-price", "created_at", "-created_at", "popular", "rating"]
const limit = 20
const marks = new Map<unknown, string>([
  [-2, "min_price"],
  [-1, "max_price"],
  ["-3", "id"]
])

const template = <A>(statement: Statement.Statement<A>): Template => {
  const [text, params] = statement.compile()
  return {
    text,
    params: params.map((value) => {
      const from = String(value).startsWith("category ") ? String(value) : marks.get(value)
      return from === undefined ? { value } : { from }
    })
  }
}

/** The page of every shape of list query; `sizes` are the numbers of categories in a subtree. */
export const listTemplates = Effect.fnUntraced(function* (sizes: ReadonlySet<number>) {
  const sql = yield* SqlClient.SqlClient
  const shapes: Record<string, Template> = {}
  const listedJson = listedProductJson(summaryFieldNames)
  for (const size of new Set([0, ...sizes])) {
    for (const withMaximum of [true, false]) {
      const filter: ProductFilter = {
        status: "active",
        categoryIds: size === 0 ? undefined : Array.from({ length: size }, (_, i) => `category ${i}`),
        minPrice: Centimes.make(-2),
        maxPrice: withMaximum ? Centimes.make(-1) : undefined
      }
      for (const sort of sorts) {
        const window = { order: productOrders[sort], page: 1, limit, offset: 0, after: undefined }
        shapes[shapeOf(sort, size, withMaximum)] = template(
          pageStatement(sql, { ...productRows, name: "products" }, window, {
            where: productConditions(sql, filter),
            column: sql.literal(columnOf(listedJson)),
            among: amongCategories(filter),
            parts: partsByPrice(sql, filter, window.order),
            counted: searched
          })
        )
      }
    }
  }
  return shapes
})

export const productTemplate = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  return template(sql`
    SELECT p.seller_id, p.status, ${sql.literal(columnOf(productJson))} FROM products p ${productJoins(sql)}
    WHERE p.id = ${"-3"}`)
})
