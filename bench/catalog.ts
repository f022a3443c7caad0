/** The data under load: 10,000 products of 60 sellers over the migrations' categories, the same on every run. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { insertSkus } from "../src/cli/seed/insertSkus.ts"
import { productAt } from "../src/cli/seed/vocabulary.ts"
import { settleWords } from "../src/services/catalog/jobs.ts"
import { patiently } from "../src/services/patience.ts"

export const productCount = 10_000
const sellerCount = 60
const batch = 2_000

/** A version 7 id of the spring of 2026: made from a number, so that two runs load the same rows. */
const idAt = (kind: number, i: number) => {
  const time = (1_772_000_000_000 + i * 400_000).toString(16).padStart(12, "0")
  return `${time.slice(0, 8)}-${time.slice(8)}-7${kind.toString(16).padStart(3, "0")}-8000-${i.toString(16).padStart(12, "0")}`
}

/** The id of the product of this number, in SQL. */
export const productId = (n: string) =>
  `(lpad(to_hex(1772000000000 + ${n} * 400000), 12, '0') || '70018000' || lpad(to_hex(${n}), 12, '0'))::uuid`

const productRow = (i: number) => {
  const { price_dinars, original_price, category, ...product } = productAt(i)
  return {
    ...product,
    id: idAt(1, i),
    slug: `product-${i}`,
    seller_id: idAt(2, i % sellerCount),
    category,
    description: `${product.name}. Livraison dans les 58 wilayas, paiement à la livraison, échange sous sept jours.`,
    price: price_dinars * 100,
    original_price: original_price === undefined ? null : original_price * 100,
    // By primes: what sells well is of every kind.
    sold_count: (i * 7919) % 499,
    rating: i % 3 === 0 ? 3 + ((i * 31) % 199) / 100 : null,
    age: i
  }
}

const inserted = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const sellers = JSON.stringify(Array.from({ length: sellerCount }, (_, i) => ({ id: idAt(2, i), number: i })))
  yield* sql`INSERT INTO users (id, clerk_id, role, seller_category)
    SELECT id, 'bench_' || number, 'seller', (ARRAY['importateur', 'grossiste', 'fournisseur'])[number % 3 + 1]
    FROM jsonb_to_recordset(${sellers}::text::jsonb) AS s (id uuid, number int)`
  yield* sql`INSERT INTO sellers (id, full_name, slug)
    SELECT id, 'Boutique ' || number, 'boutique-' || number
    FROM jsonb_to_recordset(${sellers}::text::jsonb) AS s (id uuid, number int)`
  for (let from = 0; from < productCount; from += batch) {
    const products = Array.from({ length: batch }, (_, i) => productRow(from + i))
    const rows = JSON.stringify(products)
    yield* sql`INSERT INTO products (id, seller_id, category_id, slug, name, name_ar, description, brand, price, original_price,
        min_price, max_price, sold_count, rating, created_at)
      SELECT p.id, seller_id, c.id, p.slug, name, p.name_ar, description, brand, price, original_price, price, price, sold_count,
        rating, now() - age * interval '7 minutes'
      FROM jsonb_to_recordset(${rows}::text::jsonb) AS p (id uuid, seller_id uuid, category text, slug text, name text,
        name_ar text, description text, brand text, price bigint, original_price bigint, sold_count int,
        rating numeric, age int)
      LEFT JOIN categories c ON c.slug = p.category`
    yield* insertSkus(products)
  }
})

/** Fills a migrated database. */
export const loadCatalog = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* patiently(sql, "10 minutes")(Effect.andThen(inserted, settleWords(sql)))
  yield* settled
})

/** After a change of the data: what autovacuum would come and do in the middle of a measurement. */
export const settled = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`VACUUM (ANALYZE)`
  yield* sql`CHECKPOINT`
})
