import { Cache, Context, Effect, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"
import type { Caller } from "../auth/model.ts"
import { Forbidden, invalidField, type ValidationFailed } from "../errors.ts"
import { isUuid } from "../model.ts"
import { cut, maxOffset, type Page, pageMeta, type Total, type Window, windowOf } from "../page.ts"
import { arrayOf, rowsWith } from "../wire.ts"
import { Categories } from "./Categories.ts"
import {
  type ListedProduct,
  type ListOwnProducts,
  type ListProducts,
  type ProductField,
  productFieldNames,
  summaryFieldNames
} from "./model.ts"
import { mayCreateProduct } from "./policy.ts"
import {
  listedProductJson,
  type ProductFilter,
  type ProductOrder,
  productConditions,
  productCount,
  productPage
} from "./productSql.ts"

const decodePlan = Schema.decodeUnknownEffect(
  Schema.Tuple([Schema.Struct({ Plan: Schema.Struct({ "Plan Rows": Schema.Finite }) })])
)

/** More words than that narrow nothing. */
const maxWords = 8

const flag = (value: "true" | "false" | undefined) => (value === undefined ? undefined : value === "true")

const fieldsOf = Effect.fnUntraced(function* (text: string | undefined, all: ReadonlyArray<ProductField>) {
  if (text === undefined) return all
  const names = text.split(",").map((name) => name.trim())
  const unknown = names.find((name) => !productFieldNames.some((field) => field === name))
  if (unknown !== undefined) {
    return yield* invalidField("fields", `"${unknown.slice(0, 40)}" is none of ${productFieldNames.join(", ")}`)
  }
  return productFieldNames.filter((field) => field === "id" || names.includes(field))
})

export class ProductLists extends Context.Service<
  ProductLists,
  {
    /** A page of the public catalogue. */
    readonly list: (query: ListProducts) => Effect.Effect<Page<ListedProduct>, ValidationFailed>
    /** A page of the caller's own products, drafts included. */
    readonly listOwn: (
      caller: Caller,
      query: ListOwnProducts
    ) => Effect.Effect<Page<ListedProduct>, ValidationFailed | Forbidden>
  }
>()("zst/catalog/ProductLists") {
  static readonly layer = Layer.effect(
    ProductLists,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const categories = yield* Categories

      const countTo = maxOffset + 1

      const estimate = Effect.fnUntraced(function* (filter: ProductFilter) {
        const [explained] = yield* sql<Record<string, unknown>>`
          EXPLAIN (FORMAT JSON) SELECT FROM products p WHERE ${productConditions(sql, filter)}`
        const [root] = yield* decodePlan(explained?.["QUERY PLAN"])
        return { count: Math.max(countTo, Math.round(root.Plan["Plan Rows"])), estimated: true } satisfies Total
      }, Effect.orDie)

      // Filters that so many products pass are few, and asked for by everybody.
      const estimates = yield* Cache.make({ capacity: 100, timeToLive: "10 seconds", lookup: estimate })

      // No row comes along to tell the total of a page past the end.
      const countPastEnd = Effect.fnUntraced(function* (filter: ProductFilter, window: Window) {
        if (window.offset === 0 && window.after === undefined) return 0
        const [counted] = yield* productCount(sql, filter, countTo)
        return counted?.count ?? 0
      })

      const page = Effect.fnUntraced(function* (
        filter: ProductFilter,
        window: Window<ProductOrder>,
        fields: ReadonlyArray<ProductField>
      ) {
        const rows = yield* rowsWith(listedProductJson(fields), productPage({ sql, filter, window, countTo }))
        const counted = rows[0]?.total ?? (yield* countPastEnd(filter, window))
        const total = counted < countTo ? { count: counted, estimated: false } : yield* Cache.get(estimates, filter)
        const { shown, more } = cut(rows, window.limit)
        const last = shown.at(-1)
        return {
          items: arrayOf(shown.map((row) => row.json)),
          meta: pageMeta({ window, total, more, last: last && { value: last.sort_value, id: last.id } })
        }
      }, Effect.orDie)

      // The threshold is a setting of the transaction, which needs no session state behind a pooler.
      const fuzzyPage = (filter: ProductFilter, window: Window<ProductOrder>, fields: ReadonlyArray<ProductField>) =>
        sql`SELECT set_config('pg_trgm.word_similarity_threshold', '0.4', true)`.pipe(
          Effect.andThen(page({ ...filter, fuzzy: true }, { ...window, sort: "relevance" }, fields)),
          sql.withTransaction,
          Effect.orDie
        )

      const pageOf = Effect.fnUntraced(function* (
        query: ListOwnProducts | ListProducts,
        scope: Partial<ProductFilter> & Pick<ProductFilter, "status">,
        defaults: ReadonlyArray<ProductField>
      ) {
        const fields = yield* fieldsOf(query.fields, defaults)
        const window = yield* windowOf<ProductOrder>(query, query.sort, query.search === undefined ? [] : ["relevance"])
        const filter: ProductFilter = {
          ...scope,
          categoryIds: query.category === undefined ? undefined : yield* categories.subtree(query.category),
          brand: query.brand,
          minPrice: query.min_price,
          maxPrice: query.max_price,
          inStock: flag(query.in_stock),
          isPromo: flag(query.is_promo),
          isNew: flag(query.is_new),
          words: query.search?.split(/\s+/).slice(0, maxWords)
        }
        if (window.sort === "relevance") return yield* fuzzyPage(filter, window, fields)
        const found = yield* page(filter, window, fields)
        // A search that finds nothing by its letters is tried again with room for a typing error, best match first.
        return filter.words !== undefined && found.meta.total === 0 ? yield* fuzzyPage(filter, window, fields) : found
      })

      const list = Effect.fn("ProductLists.list")(function* (query: ListProducts) {
        // A seller that cannot exist has no products.
        const sellerId = query.seller === undefined || isUuid(query.seller) ? query.seller : nobody
        return yield* pageOf(
          query,
          { sellerId, sellerTier: query.seller_category, status: "active" },
          summaryFieldNames
        )
      })

      const listOwn = Effect.fn("ProductLists.listOwn")(function* (caller: Caller, query: ListOwnProducts) {
        if (!mayCreateProduct(caller)) return yield* new Forbidden({ reason: "Only sellers have products." })
        return yield* pageOf(query, { sellerId: caller.id, status: query.status ?? null }, productFieldNames)
      })

      return ProductLists.of({ list, listOwn })
    })
  )
}

const nobody = "00000000-0000-0000-0000-000000000000"
