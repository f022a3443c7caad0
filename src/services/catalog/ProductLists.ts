import { Context, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import type { Caller } from "../auth/model.ts"
import { isMeaning } from "../cursor.ts"
import { Forbidden, invalidField, type ValidationFailed } from "../errors.ts"
import type { Json } from "../json.ts"
import { type List, makeList, type Page, searched } from "../list.ts"
import { isUuid, type PageMeta } from "../model.ts"
import type { Common, Window } from "../pageSql.ts"
import type { Order } from "../rowOrder.ts"
import { areWords, isLikeOneOf, wordsIn } from "../words.ts"
import { Categories } from "./Categories.ts"
import { type ListedProduct, type OwnProduct, ownFieldNames, productFieldNames, summaryFieldNames } from "./model.ts"
import { makePriceSample } from "./priceSample.ts"
import {
  amongCategories,
  catalogueRows,
  distinct,
  isSteady,
  likeliest,
  listedProductJson,
  meantBy,
  mostCompared,
  mostSimilar,
  ownProductJson,
  type ProductFilter,
  partsBetween,
  partsByPrice,
  productConditions,
  productOrders,
  productRows,
  relevance
} from "./productSql.ts"
import type { ListOwnProducts, ListProducts, ProductSort, SearchProducts } from "./requests.ts"

export type FoundProducts = Page<ListedProduct, PageMeta & { readonly query: string }>

const flag = (value: "true" | "false" | undefined) => (value === undefined ? undefined : value === "true")

const fieldsOf = Effect.fnUntraced(function* <Field extends string>(
  text: string | undefined,
  all: ReadonlyArray<Field>,
  defaults: ReadonlyArray<Field>
) {
  if (text === undefined) return defaults
  const names = text.split(",").map((name) => name.trim())
  const unknown = names.find((name) => !all.some((field) => field === name))
  if (unknown !== undefined) {
    return yield* invalidField("fields", `"${unknown.slice(0, 40)}" is none of ${all.join(", ")}`)
  }
  return all.filter((field) => field === "id" || names.includes(field))
})

export class ProductLists extends Context.Service<
  ProductLists,
  {
    /** A page of the public catalogue. */
    readonly list: (query: ListProducts) => Effect.Effect<Page<ListedProduct>, ValidationFailed>
    /** The same of what matches `q`, which the page repeats. */
    readonly search: (query: SearchProducts) => Effect.Effect<FoundProducts, ValidationFailed>
    /** A page of the caller's own products, drafts included, with what each has sold. */
    readonly listOwn: (
      caller: Caller,
      query: ListOwnProducts
    ) => Effect.Effect<Page<OwnProduct>, ValidationFailed | Forbidden>
  }
>()("zst/catalog/ProductLists") {
  static readonly layer = Layer.effect(
    ProductLists,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const categories = yield* Categories
      const catalogue = yield* makeList({ ...catalogueRows, name: "products" })
      const results = yield* makeList({ ...catalogueRows, name: "found_products", uneven: true })
      const aboutSteady = yield* makePriceSample(sql)
      const ownProducts = yield* makeList({ ...productRows, name: "own_products", uneven: true })

      const pageOf = Effect.fnUntraced(function* <A extends object>(
        products: List,
        query: ListOwnProducts | ListProducts,
        scope: Partial<ProductFilter> & Pick<ProductFilter, "status">,
        json: Json<A>
      ) {
        const words = query.search === undefined ? undefined : yield* wordsIn(sql, query.search)
        const similar = words && relevance(sql, words.join(" "))
        const window = yield* products.window<ProductSort | "relevance">(query, [
          productOrders[query.sort],
          ...(similar === undefined ? [] : [similar])
        ])
        const filter: ProductFilter = {
          ...scope,
          categoryIds: query.category === undefined ? undefined : yield* categories.subtree(query.category),
          brand: query.brand,
          minPrice: query.min_price,
          maxPrice: query.max_price,
          inStock: flag(query.in_stock),
          isPromo: flag(query.is_promo),
          isNew: flag(query.is_new)
        }
        if (words === undefined || similar === undefined) {
          const where = productConditions(sql, filter)
          const parts = partsByPrice(sql, filter, window.order)
          const steady = isSteady(filter)
          const ofSome = steady && filter.categoryIds !== undefined
          const about = steady ? aboutSteady(filter) : undefined
          const countedIn = steady ? partsBetween(sql, filter) : undefined
          const among = amongCategories(filter)
          return yield* products.pageAt(window, { where, json, among, parts, countedIn, about, steady, ofSome })
        }
        const showSimilar = Effect.fnUntraced(function* ({ after, ...asked }: Window) {
          // Words come and go: the walk goes on among what was meant where it began.
          const begun = after?.meaning?.map(([word = "", ...near]) => ({ word, near }))
          const goesOn =
            begun?.every(({ word }) => words.includes(word)) === true &&
            (yield* areWords(
              sql,
              begun.flatMap(({ near }) => near)
            ))
          const meant = begun !== undefined && goesOn ? begun : distinct(yield* Effect.orDie(meantBy(sql, words)))
          const all = meant.map(({ word, near }) => [word, ...near])
          const meaning = isMeaning(all) ? all : undefined
          const order = relevance(sql, likeliest(meant).join(" "))
          const common = commonOf(sql, { ...filter, words: meant }, order)
          const found = { most: mostSimilar, leastOf: mostCompared, common }
          const where = productConditions(sql, { ...filter, words: meant })
          return yield* products.pageAt({ ...asked, order, after }, { where, json, found, meaning })
        })
        if (window.order === similar) return yield* showSimilar(window)
        const typed = words.map((word) => ({ word, near: [] }))
        const found = yield* products.pageAt(window, {
          where: productConditions(sql, { ...filter, words: typed }),
          json,
          parts: partsByPrice(sql, filter, window.order),
          found: { most: searched, common: commonOf(sql, { ...filter, words: typed }, window.order) }
        })
        if (words.length === 0 || window.after !== undefined || found.meta.total > 0) return found
        // What finds nothing by its letters is tried again with room for a typing error, best match first.
        return yield* showSimilar({ ...window, after: undefined, order: similar })
      })

      const shown = Effect.fnUntraced(function* (products: List, query: ListProducts) {
        // A seller that cannot exist has no products.
        const sellerId = query.seller === undefined || isUuid(query.seller) ? query.seller : nobody
        const fields = yield* fieldsOf(query.fields, productFieldNames, summaryFieldNames)
        const scope = { sellerId, sellerCategory: query.seller_category, status: "active" } as const
        return yield* pageOf(products, query, scope, listedProductJson(fields))
      })

      const list = (query: ListProducts) => shown(query.search === undefined ? catalogue : results, query)

      const search = Effect.fn("ProductLists.search")(function* ({ q, ...query }: SearchProducts) {
        const { items, meta } = yield* shown(results, { ...query, search: q })
        return { items, meta: { ...meta, query: q } }
      })

      const listOwn = Effect.fn("ProductLists.listOwn")(function* (caller: Caller, query: ListOwnProducts) {
        if (caller.role !== "seller") return yield* new Forbidden({ reason: "Only sellers have products." })
        const scope = { sellerId: caller.id, status: query.status ?? null, codes: true }
        const fields = yield* fieldsOf(query.fields, ownFieldNames, ownFieldNames)
        return yield* pageOf(ownProducts, query, scope, ownProductJson(fields))
      })

      return ProductLists.of({ list, search, listOwn })
    })
  )
}

/** What a search of the public catalogue finds. References are in no text. */
const commonOf = (sql: SqlClient.SqlClient, filter: ProductFilter, order: Order): Common | undefined => {
  if (filter.codes === true) return undefined
  const among = productConditions(sql, { status: filter.status })
  return { among, each: productConditions(sql, filter, isLikeOneOf), spread: spreadOf(filter, order) }
}

/** What is alike costs as much, and a shop shows at one time what it has. */
const spreadOf = ({ minPrice, maxPrice, isNew, sellerId }: ProductFilter, { by, direction }: Order) => {
  const isByPrice = by === productOrders.price.by
  const isFromOldest = by === productOrders.created_at.by && direction === "ASC"
  const bound = direction === "ASC" ? minPrice : maxPrice
  if ((isByPrice && bound !== undefined) || (isFromOldest && isNew === true)) return 0
  return isByPrice || sellerId !== undefined ? 0.1 : 1
}

const nobody = "00000000-0000-0000-0000-000000000000"
