/** Users and products written straight to the database, for tests of services. */
import { assert } from "@effect/vitest"
import { Effect, type Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { insertSkus } from "../../src/cli/seed/insertSkus.ts"
import { pool } from "../../src/layers/Postgres.ts"
import { type Caller, type Role, UserId } from "../../src/services/auth/model.ts"
import { ProductId } from "../../src/services/catalog/model.ts"
import { wrongProducts } from "../../src/services/catalog/skuSql.ts"
import { wrongStocks } from "../../src/services/catalog/stockSql.ts"
import { eventually } from "./eventually.ts"

export const guest = { customer_name: "Ahmed", customer_phone: "+213555123456", payment_method: "cod" } as const

export const newUser = Effect.fnUntraced(function* (role: Role) {
  const sql = yield* SqlClient.SqlClient
  const seller_category = role === "seller" ? "grossiste" : null
  const rows = yield* sql<{ id: string }>`
    INSERT INTO users (id, clerk_id, role, seller_category) VALUES (uuidv7(), 'user_' || uuidv7(), ${role}, ${seller_category}) RETURNING id`
  const id = UserId.make(rows[0]?.id ?? "")
  if (role === "seller") yield* sql`INSERT INTO sellers (id, full_name, slug) VALUES (${id}, 'Boutique', ${id})`
  return { id, role, seller_category } satisfies Caller
}, Effect.orDie)

export const newProduct = Effect.fnUntraced(function* (owner: Caller, product: { readonly stock: number | null }) {
  const sql = yield* SqlClient.SqlClient
  const insert = Effect.gen(function* () {
    const rows = yield* sql<{ id: string }>`
      INSERT INTO products (id, seller_id, slug, name, price, min_price, max_price)
      VALUES (uuidv7(), ${owner.id}, uuidv7()::text, 'Savon', 45050, 45050, 45050) RETURNING id`
    const id = ProductId.make(rows[0]?.id ?? "")
    yield* insertSkus([{ id, ...product }])
    return id
  })
  // Others look meanwhile whether all products agree with what they are made of.
  return yield* sql.withTransaction(insert)
}, Effect.orDie)

/** The movements of every stock come to what there is, and products say what their skus do. */
export const assertMovementsSum = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const wrong = yield* sql`${sql.literal(wrongStocks)}`
  assert.deepStrictEqual(wrong, [])
  assert.deepStrictEqual(yield* sql`${sql.literal(wrongProducts)}`, [])
})

/** How often PostgreSQL broke a deadlock in this database; asked once everybody has left it, as they report then. */
export const deadlocks = (url: Redacted.Redacted) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const others = sql`
      SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`
    yield* eventually(others, (rows) => rows.length === 0)
    const [row] = yield* sql<{ deadlocks: number }>`
      SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()`
    return row?.deadlocks
  }).pipe(Effect.provide(pool({ url, maxConnections: 1 })), Effect.orDie)
