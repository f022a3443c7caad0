import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { jobHandler, jobKind } from "../jobs/Jobs.ts"
import { NoPayload } from "../jobs/schedule.ts"
import { locks } from "../locks.ts"
import { patiently } from "../patience.ts"

export const productWords = jobKind({
  name: "products.words",
  payload: NoPayload,
  timeLimit: "30 minutes",
  concurrency: 1
})

/**
 * What a shop's products have more of is not known: every search that misses looks through what is. Of equal ones numbers
 * are left out first, and then whichever.
 */
export const mostWordsOfShop = 5000

/**
 * How many products have each word. One that nobody would type is none of them, such as a word many times over, which is
 * near to all that are typed for it.
 */
const onSale = `
  SELECT word, sum(products)::int AS products FROM (
    SELECT word, products, row_number() OVER (
      PARTITION BY seller_id ORDER BY products DESC, word ~ '[0-9]', hashtext(word)) AS place FROM (
      SELECT p.seller_id, n.word, count(*) AS products FROM products p, LATERAL (
        SELECT DISTINCT word FROM unnest(string_to_array(btrim(p.search), ' ')) AS w (word)
        WHERE length(word) BETWEEN 1 AND 40) n
      WHERE p.status = 'active' GROUP BY p.seller_id, n.word) of_shops) ranked
  WHERE place <= ${mostWordsOfShop} GROUP BY word`

/**
 * Makes the words of what is on sale the words that are known, and counts the products that have each. Again it comes to
 * the same; of two at once the second begins when the first has ended, for each might hold what the other takes away.
 */
export const settleWords = (sql: SqlClient.SqlClient) =>
  sql`SELECT pg_advisory_xact_lock(${locks.words})`.pipe(
    Effect.andThen(sql`
      WITH on_sale AS MATERIALIZED (${sql.literal(onSale)}),
        gone AS (DELETE FROM product_words k WHERE NOT EXISTS (SELECT FROM on_sale s WHERE s.word = k.word))
      INSERT INTO product_words (word, products) SELECT word, products FROM on_sale s
      WHERE NOT EXISTS (SELECT FROM product_words k WHERE k.word = s.word AND k.products = s.products) ORDER BY word
      ON CONFLICT (word) DO UPDATE SET products = excluded.products`),
    sql.withTransaction,
    Effect.asVoid
  )

export const keepWords = Effect.map(SqlClient.SqlClient, (sql) =>
  jobHandler(productWords, () => settleWords(sql).pipe(patiently(sql, "20 minutes", { lock_timeout: "20min" })))
)
