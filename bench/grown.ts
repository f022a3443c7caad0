/** A database with so many products: the 10,000 of bench/catalog.ts, and copies of them that each have a word of their own. */
import { mkdirSync } from "node:fs"
import { Effect, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import postgres from "postgres"
import { migrate } from "../src/layers/Migrations.ts"
import { pool } from "../src/layers/Postgres.ts"
import { settleWords } from "../src/services/catalog/jobs.ts"
import { patiently } from "../src/services/patience.ts"
import { loadCatalog, productCount } from "./catalog.ts"
import { BenchFailed } from "./failure.ts"
import type { Stage } from "./stage.ts"

const tables = ["products", "skus", "stock_movements"]

/** How many words there are grows as the root of how many texts there are. */
const model = "translate(floor(sqrt(n) * 10)::int::text, '0123456789', 'aeioulmnrs')"

const copy = (count: number) => `
CREATE TABLE copies AS SELECT uuidv7() AS id, p.id AS of, lap * ${productCount} + row_number() OVER (PARTITION BY lap) AS n, lap
  FROM generate_series(1, ${Math.ceil(count / productCount) - 1}) AS lap CROSS JOIN products p;
DELETE FROM copies WHERE n > ${count};
INSERT INTO products (id, seller_id, seller_category, category_id, slug, name, name_ar, description, brand, price, original_price,
    min_price, max_price, in_stock, sold_count, rating, created_at, search)
  SELECT c.id, seller_id, seller_category, category_id, 'copy-' || n, name || ' ' || ${model}, name_ar, description, brand, price + lap,
    original_price + lap, min_price + lap, max_price + lap, in_stock, sold_count + lap % 7, rating,
    created_at - lap * interval '4 seconds', search || ${model} || ' '
  FROM copies c JOIN products p ON p.id = c.of ORDER BY n;
INSERT INTO skus (id, product_id, code, options, price, stock)
  SELECT uuidv7(), c.id, code, options, price, stock FROM copies c JOIN skus s ON s.product_id = c.of ORDER BY n;
INSERT INTO stock_movements (id, seller_id, sku_id, delta, reason, actor)
  SELECT uuidv7(), seller_id, s.id, stock, 'opening', 'system'
  FROM copies c JOIN products p ON p.id = c.id JOIN skus s ON s.product_id = c.id WHERE stock > 0;
DROP TABLE copies`

/** As dumps are restored: no trigger writes what the rows already say, and indexes are made once all rows are there. */
const grow = async (databaseUrl: string, count: number) => {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => undefined })
  const indexes = await sql<Array<{ name: string; made: string }>>`
    SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS made FROM pg_index
    WHERE indrelid::regclass::text = ANY (${tables}) AND NOT indisunique`
  const each = (statement: (table: string) => string) => sql.unsafe(tables.map(statement).join(";"))
  await sql.unsafe(indexes.map(({ name }) => `DROP INDEX ${name}`).join(";"))
  await each((table) => `ALTER TABLE ${table} DISABLE TRIGGER ALL`)
  await sql.unsafe(copy(count))
  await each((table) => `ALTER TABLE ${table} ENABLE TRIGGER ALL`)
  for (const { made } of indexes) await sql.unsafe(made)
  await sql.end()
}

/** What autovacuum would come and do in the middle of a measurement. */
const settle = async (databaseUrl: string) => {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => undefined })
  await sql`VACUUM (ANALYZE)`
  await sql`CHECKPOINT`
  await sql.end()
}

const countWords = Effect.flatMap(SqlClient.SqlClient, (sql) => patiently(sql, "20 minutes")(settleWords(sql)))

/** The stage of so many products, made when it is first asked for. */
export const grown = Effect.fnUntraced(function* (stage: Stage, count: number) {
  const name = `products_${count}`
  const url = new URL(stage.databaseUrl)
  url.pathname = name
  const its: Stage = { ...stage, directory: `${stage.directory}/${name}`, databaseUrl: url.href }
  const tried = (work: () => Promise<boolean>) =>
    Effect.tryPromise({ try: work, catch: (error) => new BenchFailed({ message: String(error) }) })
  const isNew = yield* tried(async () => {
    const sql = postgres(stage.databaseUrl, { max: 1 })
    const [known] = await sql`SELECT FROM pg_database WHERE datname = ${name}`
    if (known === undefined) await sql.unsafe(`CREATE DATABASE ${name}`)
    await sql.end()
    return known === undefined
  })
  if (!isNew) return its
  process.stderr.write(`Loading ${count.toLocaleString("en")} products…\n`)
  mkdirSync(its.directory)
  const database = pool({ url: Redacted.make(its.databaseUrl), maxConnections: 3 })
  yield* Effect.orDie(Effect.provide(Effect.andThen(migrate, loadCatalog), database))
  if (count > productCount) {
    yield* tried(() => grow(its.databaseUrl, count).then(() => true))
    yield* Effect.orDie(Effect.provide(countWords, database))
    yield* tried(() => settle(its.databaseUrl).then(() => true))
  }
  return its
})
