/** How the variants of products are read. */
import type { SqlClient } from "effect/sql"
import { each, jsonOf, stored } from "../json.ts"
import type { Centimes } from "../model.ts"
import { Options, type SkuId, Variant } from "./skuModel.ts"

type Sql = SqlClient.SqlClient

const hasStock = (sku: string) => `(${sku}.stock IS NULL OR ${sku}.stock > 0)`

/** What lists show of all variants of a product together, joined to products p as v. */
export const variantsJoin = `
    CROSS JOIN LATERAL (
      SELECT count(*)::int AS variants_count, CASE WHEN bool_and(k.stock IS NOT NULL) THEN sum(k.stock) END AS stock,
        coalesce(bool_or(${hasStock("k")}), false) AS in_stock, CASE WHEN count(*) = 1 THEN min(k.code) END AS code
      FROM skus k WHERE k.product_id = p.id AND NOT k.archived
    ) v`

/** The picture of a sku k, where it has one of its own. */
export const imageOf = (sku: string, column: "image_url" | "media_id") =>
  `(SELECT i.${column} FROM product_images i WHERE i.id = ${sku}.image_id)`

/** The variants of products p. */
export const variantsJson = each(
  jsonOf(Variant, "k", {
    options: stored(Options, "k.options"),
    price: "coalesce(k.price, p.price)",
    in_stock: hasStock("k"),
    image_url: imageOf("k", "image_url")
  }),
  "skus k WHERE k.product_id = p.id AND NOT k.archived",
  "k.position, k.id"
)

type ChoiceRow = {
  readonly product_id: string
  readonly sku_id: SkuId
  readonly options: Options
  readonly price: number
  readonly in_stock: boolean
}

/** The first variants of the first of these products that are on sale, to choose from: an answer has an end. */
export const choicesOf = (sql: Sql, products: ReadonlyArray<string>) => sql<ChoiceRow>`
  SELECT p.id AS product_id, k.id AS sku_id, k.options, coalesce(k.price, p.price) AS price,
    ${sql.literal(hasStock("k"))} AS in_stock
  FROM unnest(${products}::uuid[]) WITH ORDINALITY AS n (id, number)
  JOIN products p ON p.id = n.id AND p.status = 'active'
  CROSS JOIN LATERAL (
    SELECT * FROM skus k WHERE k.product_id = p.id AND NOT k.archived ORDER BY k.position, k.id LIMIT 20
  ) k
  ORDER BY n.number, k.position, k.id LIMIT 200`

/** Ascending, as whoever looks for one in between must have them. */
const pricesOf = `CASE WHEN count(DISTINCT coalesce(k.price, p.price)) > 1
  THEN array_agg(DISTINCT coalesce(k.price, p.price) ORDER BY coalesce(k.price, p.price)) END`

/** Settles what a product's row says of its variants after a change of them; it is locked. The prices, if they are others. */
export const settlePrices = (sql: Sql, product: string) => sql<{ min_price: Centimes; max_price: Centimes }>`
  WITH settled AS (
    UPDATE products p SET (min_price, max_price, prices, variants_count) = (
      SELECT min(coalesce(k.price, p.price)), max(coalesce(k.price, p.price)), ${sql.literal(pricesOf)}, count(*)
      FROM skus k WHERE k.product_id = p.id AND NOT k.archived)
    WHERE p.id = ${product}
    RETURNING old.min_price AS min_before, old.max_price AS max_before, new.min_price, new.max_price)
  SELECT min_price, max_price FROM settled WHERE (min_price, max_price) <> (min_before, max_before)`

/** Products that say something else of their variants or their shop than these do: none, ever. */
export const wrongProducts = `
  SELECT p.id FROM products p JOIN users u ON u.id = p.seller_id
  CROSS JOIN LATERAL (
    SELECT count(*) AS variants, min(coalesce(k.price, p.price)) AS least, max(coalesce(k.price, p.price)) AS most,
      ${pricesOf} AS prices, coalesce(bool_or(${hasStock("k")}), false) AS in_stock
    FROM skus k WHERE k.product_id = p.id AND NOT k.archived) k
  WHERE (p.variants_count, p.min_price, p.max_price, p.in_stock) <> (k.variants, k.least, k.most, k.in_stock)
    OR (p.prices, p.seller_category) IS DISTINCT FROM (k.prices, u.seller_category)`
