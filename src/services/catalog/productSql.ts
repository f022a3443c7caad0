/**
 * How products are read: PostgreSQL writes each one as its wire JSON, so that a page is passed on without decoding and
 * encoding it again.
 */
import { Schema } from "effect"
import type { SqlClient, Statement } from "effect/sql"
import type { SellerCategory } from "../auth/model.ts"
import { each, jsonOf, nullUnless, only, stored } from "../json.ts"
import type { Centimes } from "../model.ts"
import type { Among, Parts, Rows, Sample } from "../pageSql.ts"
import { ascending, bigint, descending, newestFirst, numeric, type Order, timestamptz } from "../rowOrder.ts"
import { hasOneOf, hasWord, mostMeant } from "../words.ts"
import { imageJson } from "./imageSql.ts"
import {
  Attributes,
  CategoryLabels,
  ListedProduct,
  OwnProduct,
  type OwnProductField,
  Product,
  type ProductField,
  ProductReel,
  ProductSeller,
  ShownSeller,
  summaryFieldNames
} from "./model.ts"
import type { ListOwnProducts, ProductSort } from "./requests.ts"
import { PriceRange } from "./skuModel.ts"
import { variantsJoin, variantsJson } from "./skuSql.ts"

type Sql = SqlClient.SqlClient
type Fragment = Statement.Fragment

const isReduced = "p.original_price IS NOT NULL AND p.original_price > p.min_price"
const isPromo = `coalesce(p.is_promo, ${isReduced})`
const isNew = "coalesce(p.is_new, p.created_at > now() - interval '30 days')"

const ofSeller = { id: "p.seller_id", full_name: "s.full_name", seller_category: "u.seller_category" }

const sources = {
  price: "p.min_price",
  price_range: jsonOf(PriceRange, "p", { min: "p.min_price", max: "p.max_price" }),
  original_price: `CASE WHEN ${isReduced} THEN p.original_price END`,
  category: "c.slug",
  category_labels: nullUnless("c.id IS NOT NULL", jsonOf(CategoryLabels, "c", { fr: "c.name_fr", ar: "c.name_ar" })),
  seller: jsonOf(ProductSeller, "s", ofSeller),
  stock: "v.stock",
  in_stock: "v.in_stock",
  variants_count: "v.variants_count",
  sku: "v.code",
  is_promo: isPromo,
  is_new: isNew,
  attributes: stored(Attributes, "p.attributes"),
  benefits: stored(Schema.Array(Schema.String), "p.benefits"),
  images: each(imageJson, "product_images i WHERE i.product_id = p.id", "i.display_order, i.id")
}

/** A product, over products p and what `productJoins` joins to them. */
export const productJson = jsonOf(Product, "p", {
  ...sources,
  seller: jsonOf(ShownSeller, "s", {
    ...ofSeller,
    is_verified: "coalesce(u.is_verified, false)"
  }),
  variants: variantsJson,
  reels: stored(Schema.Array(ProductReel), "'[]'::json")
})

const listedJson = jsonOf(ListedProduct, "p", sources)
const summaryJson = only(listedJson, summaryFieldNames)

/** The same in a list, with these fields. */
export const listedProductJson = (fields: ReadonlyArray<ProductField>) =>
  fields === summaryFieldNames ? summaryJson : only(listedJson, fields)

const joins = `LEFT JOIN categories c ON c.id = p.category_id
    LEFT JOIN users u ON u.id = p.seller_id
    LEFT JOIN sellers s ON s.id = p.seller_id
    ${variantsJoin}`

const ownJson = jsonOf(OwnProduct, "p", { ...sources, views: "p.viewers_count", orders: "p.sold_orders" })

/** The same in its shop's own list. */
export const ownProductJson = (fields: ReadonlyArray<OwnProductField>) => only(ownJson, fields)

export const productJoins = (sql: Sql) => sql.literal(joins)

/** What a list of products is made of. */
export const productRows = { from: "products p", alias: "p", joins, scattered: true } satisfies Omit<Rows, "name">

/** Of what is on sale. */
export const largeSample = { where: "zst_in_sample(p.id)", oneIn: 64 } satisfies Sample
const smallSample = { where: "zst_in_small_sample(p.id)", oneIn: 1024 } satisfies Sample

/** The same of what is on sale, with samples of it. */
export const catalogueRows = { ...productRows, samples: [smallSample, largeSample] } satisfies Omit<Rows, "name">

export const productOrders: { readonly [Sort in ProductSort]: Order<Sort> } = {
  price: ascending("price", "p.min_price", bigint),
  "-price": descending("-price", "p.min_price", bigint),
  created_at: ascending("created_at", "p.created_at", timestamptz),
  "-created_at": newestFirst("p"),
  popular: descending("popular", "p.sold_count", bigint),
  rating: descending("rating", "coalesce(p.rating, 0)", numeric(3, 2))
}

const similarity = numeric(4, 3)

/** The best match first, of these words together: the order of a search that allows for typing errors. */
export const relevance = (sql: Sql, words: string) =>
  descending("relevance", sql`round(word_similarity(${words}, p.search)::numeric, 3)`, similarity)

/** What was most likely meant, word by word. */
export const likeliest = (meant: ReadonlyArray<Meant>) => meant.map(({ word, near: [nearest] }) => nearest ?? word)

/** Words by which the same is meant are one: each is looked for in every product that the others leave. */
export const distinct = (meant: ReadonlyArray<Meant>) => [
  ...new Map(meant.map((one) => [one.near.length === 0 ? one.word : one.near.toSorted().join(" "), one])).values()
]

/** Words as they were typed, each with those of products that are nearest to it. */
export type Meant = { readonly word: string; readonly near: ReadonlyArray<string> }

/** Where two letters changed places little is left of a short word that is alike. */
const swapped = (word: string) => {
  const letters = [...word]
  return letters.length < 3 || letters.length > 6
    ? []
    : letters.slice(1).map((letter, at) =>
        letters
          .with(at, letter)
          .with(at + 1, letters[at] ?? "")
          .join("")
      )
}

/** So many words that are like one are compared with it: those that most products have. */
const mostAlike = 2000

/** It costs what there are of words, however many products have them; of a shop the job takes so many at most. */
export const meantBy = (sql: Sql, words: ReadonlyArray<string>) =>
  sql<Meant>`
  SELECT asked.word, ARRAY(
    SELECT known.word FROM (
      SELECT word FROM product_words WHERE word % asked.word OR word = ANY (asked.swapped)
      ORDER BY word = asked.word OR word = ANY (asked.swapped) DESC, products DESC LIMIT ${mostAlike}) known,
      LATERAL (SELECT known.word = ANY (asked.swapped) AS is_swapped) its
    ORDER BY known.word = asked.word DESC, is_swapped DESC, similarity(known.word, asked.word) DESC, known.word LIMIT ${mostMeant}) AS near
  FROM (
    SELECT word, string_to_array(swapped, ' ') AS swapped, place
    FROM unnest(${words}::text[], ${words.map((word) => swapped(word).join(" "))}::text[])
      WITH ORDINALITY AS w (word, swapped, place)) asked
  ORDER BY place`.unprepared

export type ProductFilter = {
  readonly sellerId?: string | undefined
  readonly sellerCategory?: SellerCategory | undefined
  readonly categoryIds?: ReadonlyArray<string> | undefined
  readonly brand?: string | undefined
  readonly minPrice?: Centimes | undefined
  readonly maxPrice?: Centimes | undefined
  readonly inStock?: boolean | undefined
  readonly isPromo?: boolean | undefined
  readonly isNew?: boolean | undefined
  /** All of them are in it, or of each a word that may have been meant. */
  readonly words?: ReadonlyArray<Meant> | undefined
  /** Words also match the seller's references. */
  readonly codes?: boolean | undefined
  /** null: every status but archived. */
  readonly status: ListOwnProducts["status"] | null
}

/** What is on sale by category and price, as most ask: every other filter may leave most of a catalogue, or next to nothing. */
export const isSteady = ({ categoryIds, minPrice, maxPrice, status, ...others }: ProductFilter) =>
  status === "active" && Object.values(others).every((value) => value === undefined)

const hasCode = (sql: Sql, word: string) =>
  sql`EXISTS (SELECT FROM skus k WHERE k.product_id = p.id AND ${hasWord(sql, "k.code_search", word)})`

/** Of a product whose prices begin below and end above: one of them is in between. */
const costsBetween = (sql: Sql, least: Centimes, most: Centimes) => sql`
  (p.min_price >= ${least} OR p.max_price <= ${most}
    OR width_bucket(${most}::bigint, p.prices) > width_bucket(${least}::bigint - 1, p.prices))`

const inStatus = (status: ProductFilter["status"]) => {
  if (status == null) return "p.status <> 'archived'"
  return status === "out_of_stock" ? "p.status = 'active' AND NOT p.in_stock" : `p.status = '${status}'`
}

/** What there is of several categories is met late in an order of all products: each has its own. */
export const amongCategories = ({ categoryIds = [] }: ProductFilter): Among | undefined =>
  categoryIds.length > 1 ? { column: "p.category_id", values: categoryIds } : undefined

/**
 * Nearly all that cost so much or more begin where prices do that high; what begins below and ends above is of several
 * prices.
 */
const partsFrom = (sql: Sql, minPrice: Centimes): Parts => [
  sql`p.min_price >= ${minPrice}`,
  sql`p.min_price < p.max_price AND p.min_price < ${minPrice}`
]

/** So nobody who goes by price passes all that is cheaper. */
export const partsByPrice = (sql: Sql, { minPrice }: ProductFilter, { by }: Order): Parts | undefined =>
  minPrice === undefined || by !== productOrders.price.by ? undefined : partsFrom(sql, minPrice)

/** Nor who counts what costs between two prices. */
export const partsBetween = (sql: Sql, { minPrice, maxPrice }: ProductFilter): Parts | undefined =>
  minPrice === undefined || maxPrice === undefined ? undefined : partsFrom(sql, minPrice)

/** So many at most are compared with what is not typed right: who means one thing looks no further. */
export const mostSimilar = 200

/** They are chosen from so many, which are all looked up: that is what such a search costs at most. */
export const mostCompared = 20_000

/** What is looked for by its words in the way that an index finds them, or in another. */
export const productConditions = (sql: Sql, filter: ProductFilter, hasMeant = hasOneOf): Fragment => {
  // A literal, so that the partial indexes apply.
  const conditions: Array<Fragment> = [sql.literal(inStatus(filter.status))]
  const when = <A>(value: A | undefined, condition: (value: A) => Fragment) => {
    if (value !== undefined) conditions.push(condition(value))
  }
  when(filter.sellerId, (id) => sql`p.seller_id = ${id}`)
  // One of three, and a plan for each.
  when(filter.sellerCategory, (category) => sql.literal(`p.seller_category = '${category}'`))
  when(filter.categoryIds, (ids) =>
    ids.length === 1 ? sql`p.category_id = ${ids[0]}` : sql`p.category_id IN ${sql.in(ids)}`
  )
  when(filter.brand, (brand) => sql`p.brand_key = zst_fold(${brand})`)
  when(filter.minPrice, (price) => sql`p.max_price >= ${price}`)
  when(filter.maxPrice, (price) => sql`p.min_price <= ${price}`)
  const { minPrice, maxPrice } = filter
  if (minPrice !== undefined && maxPrice !== undefined) {
    conditions.push(minPrice > maxPrice ? sql`false` : costsBetween(sql, minPrice, maxPrice))
  }
  const whether = (condition: string) => (yes: boolean) => sql.literal(yes ? condition : `NOT ${condition}`)
  when(filter.inStock, whether("p.in_stock"))
  when(filter.isPromo, whether(isPromo))
  when(filter.isNew, whether(isNew))
  // Without a word nothing is named that could be found.
  if (filter.words?.length === 0) conditions.push(sql`false`)
  for (const { word, near } of filter.words ?? []) {
    const inText = near.length === 0 ? hasWord(sql, "p.search", word) : hasMeant(sql, "p.search", word, near)
    conditions.push(filter.codes === true ? sql.or([inText, hasCode(sql, word)]) : inText)
  }
  return sql.and(conditions)
}
