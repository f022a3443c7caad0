/**
 * How products are read: PostgreSQL writes each one as its wire JSON, so that a page is passed on without decoding and
 * encoding it again.
 */
import type { SqlClient, Statement } from "effect/sql"
import { each, jsonOf, nullUnless, only, stored } from "../json.ts"
import type { Rows } from "../list.ts"
import type { Centimes } from "../model.ts"
import { ascending, bigint, descending, int, newestFirst, numeric, type Order, timestamptz } from "../rowOrder.ts"
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
  seller: jsonOf(ProductSeller, "s", { id: "p.seller_id", seller_category: "u.seller_category" }),
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

const joins = `LEFT JOIN categories c ON c.id = p.category_id
    LEFT JOIN users u ON u.id = p.seller_id
    LEFT JOIN sellers s ON s.id = p.seller_id`

export const productJoins = (sql: Sql) => sql.literal(joins)

/** What a list of products is made of. */
export const productRows = { from: "products p", alias: "p", joins } satisfies Omit<Rows, "name">

export const productOrders: { readonly [Sort in ProductSort]: Order<Sort> } = {
  price: ascending("price", "p.price", bigint),
  "-price": descending("-price", "p.price", bigint),
  created_at: ascending("created_at", "p.created_at", timestamptz),
  "-created_at": newestFirst("p"),
  popular: descending("popular", "p.sold_count", int),
  rating: descending("rating", "coalesce(p.rating, 0)", numeric(3, 2))
}

const similarity = numeric(4, 3)

/** The best match first: the order of a search that allows for typing errors. */
export const relevance = (sql: Sql, words: ReadonlyArray<string>) =>
  descending("relevance", sql`round(word_similarity(zst_fold(${words.join(" ")}), p.search)::numeric, 3)`, similarity)

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
  when(
    filter.sellerTier,
    (seller_category) => sql`p.seller_id IN (SELECT id FROM users WHERE seller_category = ${seller_category})`
  )
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
