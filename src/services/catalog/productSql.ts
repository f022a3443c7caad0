/**
 * How products are read: PostgreSQL writes each one as its wire JSON, so that a page is passed on without decoding and
 * encoding it again.
 */
import type { SqlClient, Statement } from "effect/sql"
import { each, jsonOf, nullUnless, only, stored } from "../json.ts"
import type { Centimes } from "../model.ts"
import type { After, Window } from "../page.ts"
import { likePattern } from "../sql.ts"
import { imageJson } from "./imageSql.ts"
import {
  Attributes,
  ListedProduct,
  Product,
  type ProductField,
  ProductSeller,
  type ProductSort,
  type ProductStatus,
  Subcategory
} from "./model.ts"

type Sql = SqlClient.SqlClient
type Fragment = Statement.Fragment

const sources = {
  category: nullUnless("c.id IS NOT NULL", jsonOf(Subcategory, "c")),
  seller: jsonOf(ProductSeller, "s", { id: "p.seller_id", tier: "u.tier" }),
  in_stock: "p.stock IS NULL OR p.stock > 0",
  is_promo: "p.old_price IS NOT NULL",
  is_new: "p.created_at > now() - interval '30 days'",
  attributes: stored(Attributes, "p.attributes"),
  images: each(imageJson, "product_images i WHERE i.product_id = p.id", "i.display_order, i.id")
}

/** A product, over products p and what `productJoins` joins to them. */
export const productJson = jsonOf(Product, "p", sources)

const listedJson = jsonOf(ListedProduct, "p", sources)

/** The same in a list, with these fields. */
export const listedProductJson = (fields: ReadonlyArray<ProductField>) => only(listedJson, fields)

export const productJoins = (sql: Sql) =>
  sql.literal(`LEFT JOIN categories c ON c.id = p.category_id
    LEFT JOIN users u ON u.id = p.seller_id
    LEFT JOIN sellers s ON s.id = p.seller_id`)

/** `relevance` is the order of a search that allows for typing errors. */
export type ProductOrder = ProductSort | "relevance"

type Order = {
  readonly by: string
  readonly direction: "ASC" | "DESC"
  readonly cast: string
}

const orders: Record<ProductSort, Order> = {
  price: { by: "p.price", direction: "ASC", cast: "bigint" },
  "-price": { by: "p.price", direction: "DESC", cast: "bigint" },
  created_at: { by: "p.created_at", direction: "ASC", cast: "timestamptz" },
  "-created_at": { by: "p.created_at", direction: "DESC", cast: "timestamptz" },
  popular: { by: "p.sold_count", direction: "DESC", cast: "int" },
  rating: { by: "coalesce(p.rating, 0)", direction: "DESC", cast: "numeric" }
}

export type ProductFilter = {
  readonly sellerId?: string | undefined
  readonly sellerTier?: string | undefined
  readonly categoryIds?: ReadonlyArray<string> | undefined
  readonly brand?: string | undefined
  readonly minPrice?: Centimes | undefined
  readonly maxPrice?: Centimes | undefined
  readonly inStock?: boolean | undefined
  readonly isPromo?: boolean | undefined
  readonly isNew?: boolean | undefined
  readonly words?: ReadonlyArray<string> | undefined
  /** Words also match what differs from them by a typing error. */
  readonly fuzzy?: boolean | undefined
  /** null: every status but archived. */
  readonly status: ProductStatus | null
}

export const productConditions = (sql: Sql, filter: ProductFilter): Fragment => {
  const conditions: Array<Fragment> = [
    // A literal, so that the partial indexes apply.
    filter.status === null ? sql.literal("p.status <> 'archived'") : sql.literal(`p.status = '${filter.status}'`)
  ]
  const when = <A>(value: A | undefined, condition: (value: A) => Fragment) => {
    if (value !== undefined) conditions.push(condition(value))
  }
  when(filter.sellerId, (id) => sql`p.seller_id = ${id}`)
  when(filter.sellerTier, (tier) => sql`p.seller_id IN (SELECT id FROM users WHERE tier = ${tier})`)
  when(filter.categoryIds, (ids) =>
    ids.length === 1 ? sql`p.category_id = ${ids[0]}` : sql`p.category_id IN ${sql.in(ids)}`
  )
  when(filter.brand, (brand) => sql`lower(p.brand) = lower(${brand})`)
  when(filter.minPrice, (price) => sql`p.price >= ${price}`)
  when(filter.maxPrice, (price) => sql`p.price <= ${price}`)
  when(filter.inStock, (yes) => sql.literal(yes ? "(p.stock IS NULL OR p.stock > 0)" : "p.stock = 0"))
  when(filter.isPromo, (yes) => sql.literal(yes ? "p.old_price IS NOT NULL" : "p.old_price IS NULL"))
  when(filter.isNew, (yes) => sql.literal(`p.created_at ${yes ? ">" : "<="} now() - interval '30 days'`))
  for (const word of filter.words ?? []) {
    conditions.push(
      filter.fuzzy === true ? sql`zst_fold(${word}) <% p.search` : sql`p.search LIKE zst_fold(${likePattern(word)})`
    )
  }
  return sql.and(conditions)
}

/** How many rows there are, counted no further than this. */
export const productCount = (sql: Sql, filter: ProductFilter, atMost: number) =>
  sql<{ readonly count: number }>`
    SELECT count(*)::int AS count FROM (SELECT FROM products p WHERE ${productConditions(sql, filter)} LIMIT ${atMost}) c`

const relevance = (sql: Sql, words: ReadonlyArray<string>) =>
  sql`round(word_similarity(zst_fold(${words.join(" ")}), p.search)::numeric, 3)`

/** Compares `(value, id)` with the last row of the page before, in the direction of the order. */
const beyond = (sql: Sql, by: Fragment, order: Order, after: After) =>
  sql`(${by}, p.id) ${sql.literal(order.direction === "ASC" ? ">" : "<")} (${after.value}::text::${sql.literal(order.cast)}, ${after.id}::uuid)`

export type ProductRow = {
  readonly id: string
  /** What the next cursor goes on from. */
  readonly sort_value: string
  readonly total: number
}

/**
 * The rows of a page with what is shown of them, each with how many rows the filter has in all, counted no further than
 * `countTo`.
 */
export const productPage = (options: {
  readonly sql: Sql
  readonly filter: ProductFilter
  readonly window: Window<ProductOrder>
  readonly countTo: number
}) => {
  const { sql, filter, window } = options
  const { sort } = window
  const order: Order = sort === "relevance" ? { by: "", direction: "DESC", cast: "numeric" } : orders[sort]
  const by = sort === "relevance" ? relevance(sql, filter.words ?? []) : sql.literal(order.by)
  const after = window.after === undefined ? sql`` : sql`AND ${beyond(sql, by, order, window.after)}`
  const direction = sql.literal(order.direction)
  const conditions = productConditions(sql, filter)
  return (column: Fragment) => sql<ProductRow>`
    SELECT p.id, p.sort_value::text, ${column},
      (SELECT count(*)::int FROM (SELECT FROM products p WHERE ${conditions} LIMIT ${options.countTo}) c) AS total
    FROM (
      SELECT p.*, ${by} AS sort_value FROM products p
      WHERE ${conditions} ${after}
      ORDER BY ${by} ${direction}, p.id ${direction}
      LIMIT ${window.limit + 1} OFFSET ${window.offset}
    ) p
    ${productJoins(sql)}
    ORDER BY p.sort_value ${direction}, p.id ${direction}`
}
