/** Every list of the API: who asks for it, and rows for it that nobody else sees. */
import { Effect, Random } from "effect"
import { SqlClient } from "effect/sql"
import { type Person, TestServer } from "../support/server.ts"

/** One list with rows of its own. */
export type Listed = {
  /** Its path, with a query that leaves out what other tests made. */
  readonly path: string
  readonly by?: Person
  /** Makes so many rows, some of them equal but for their id: their ids. */
  readonly add: (count: number) => Effect.Effect<ReadonlyArray<string>>
  readonly remove: (ids: ReadonlyArray<string>) => Effect.Effect<unknown>
}

export type ListRow = {
  /** A new one, still empty. */
  readonly make: Effect.Effect<Listed, never, TestServer | SqlClient.SqlClient>
  /** The orders in which it comes, by the name that cursors have for each: how it is asked for. */
  readonly orders: Readonly<Record<string, string>>
  /** A cursor of this order goes on whatever sort is asked for: when nothing contains the words, similarity sorts. */
  readonly fallback?: string
}

const seller = Effect.flatMap(TestServer, (server) => server.person("seller", "grossiste"))
const admin = Effect.flatMap(TestServer, (server) => server.person("admin"))

const at = "'2026-01-31T10:00:00.123Z'::timestamptz - i / 3 * interval '1 minute'"

/** Rows of a table by one statement that makes `count` of them and returns their ids. */
const rowsOf = Effect.fnUntraced(function* (
  table: string,
  insert: (sql: SqlClient.SqlClient, count: number) => Effect.Effect<ReadonlyArray<{ readonly id: string }>, unknown>
) {
  const sql = yield* SqlClient.SqlClient
  return {
    add: (count: number) => Effect.orDie(Effect.map(insert(sql, count), (rows) => rows.map(({ id }) => id))),
    remove: (ids: ReadonlyArray<string>) => Effect.orDie(sql`DELETE FROM ${sql(table)} WHERE ${sql.in("id", ids)}`)
  }
})

const products = (owner: Person) =>
  Effect.tap(
    rowsOf(
      "products",
      (sql, count) => sql`
    INSERT INTO products (id, seller_id, slug, name, price, min_price, max_price, prices, sold_count, rating, created_at)
    SELECT uuidv7(), ${owner.id}, gen_random_uuid(), 'Savon d’Alep ' || i, 0, 100 * (i % 4), 300,
      CASE WHEN i % 4 < 3 THEN ARRAY[100 * (i % 4), 300] END, i % 3 * 3000000000,
      CASE WHEN i % 2 = 0 THEN i % 5 END, ${sql.literal(at)}
    FROM generate_series(1, ${count}::int) i RETURNING id`
    ),
    // By which `savn` is understood.
    Effect.flatMap(SqlClient.SqlClient, (sql) =>
      Effect.orDie(sql`INSERT INTO product_words VALUES ('savon', 1), ('alep', 1) ON CONFLICT DO NOTHING`)
    )
  )

const orders = (customer: Person | null, phone = "+213555123456") =>
  rowsOf(
    "orders",
    (sql, count) => sql`
    INSERT INTO orders (id, order_number, user_id, customer_name, customer_phone, subtotal, total, created_at)
    SELECT uuidv7(), gen_random_uuid(), ${customer?.id ?? null}::uuid, 'Ahmed', ${phone}, 100, 100, ${sql.literal(at)}
    FROM generate_series(1, ${count}::int) i RETURNING id`
  )

const sortedProducts = {
  price: "sort=price",
  "-price": "sort=-price",
  created_at: "sort=created_at",
  "-created_at": "",
  popular: "sort=popular",
  rating: "sort=rating"
}
const productOrders = { ...sortedProducts, relevance: "search=savn d’alep" }
const newestFirst = { "-created_at": "" }

export const lists: Record<string, ListRow> = {
  "GET /api/v1/products": {
    orders: productOrders,
    make: Effect.gen(function* () {
      const owner = yield* seller
      return { path: `/api/v1/products?seller=${owner.id}`, ...(yield* products(owner)) }
    })
  },
  "GET /api/v1/products/search": {
    orders: sortedProducts,
    fallback: "relevance",
    make: Effect.gen(function* () {
      const owner = yield* seller
      return { path: `/api/v1/products/search?q=savon&seller=${owner.id}`, ...(yield* products(owner)) }
    })
  },
  "GET /api/v1/seller/products": {
    orders: productOrders,
    make: Effect.gen(function* () {
      const by = yield* seller
      return { path: "/api/v1/seller/products?", by, ...(yield* products(by)) }
    })
  },
  "GET /api/v1/seller/inventory/movements": {
    orders: newestFirst,
    make: Effect.gen(function* () {
      const by = yield* seller
      const sql = yield* SqlClient.SqlClient
      const server = yield* TestServer
      const { json } = yield* server.post("/api/v1/products", { name: "Savon", price: 1 }, by)
      const rows = yield* rowsOf(
        "stock_movements",
        (_, count) => sql`
        INSERT INTO stock_movements (id, seller_id, sku_id, delta, reason, actor, created_at)
        SELECT uuidv7(), ${by.id}, ${json.data.variants[0].id}, i, 'import', 'system', ${sql.literal(at)}
        FROM generate_series(1, ${count}::int) i RETURNING id`
      )
      return { path: `/api/v1/seller/inventory/movements?product_id=${json.data.id}`, by, ...rows }
    })
  },
  "GET /api/v1/orders": {
    orders: newestFirst,
    make: Effect.gen(function* () {
      const by = yield* Effect.flatMap(TestServer, (server) => server.person("customer"))
      return { path: "/api/v1/orders?", by, ...(yield* orders(by)) }
    })
  },
  "GET /api/v1/seller/orders": {
    orders: newestFirst,
    make: Effect.gen(function* () {
      const by = yield* seller
      const rows = yield* rowsOf(
        "seller_orders",
        (sql, count) => sql`
        WITH o AS (
          INSERT INTO orders (id, order_number, customer_name, customer_phone, subtotal, total, created_at)
          SELECT uuidv7(), gen_random_uuid(), 'Ahmed', '+213555123456', 100, 100, ${sql.literal(at)}
          FROM generate_series(1, ${count}::int) i RETURNING id, created_at)
        INSERT INTO seller_orders (id, order_id, seller_id, subtotal, total, created_at)
        SELECT uuidv7(), id, ${by.id}, 100, 100, created_at FROM o RETURNING id`
      )
      return { path: "/api/v1/seller/orders?", by, ...rows }
    })
  },
  "GET /api/v1/admin/users": {
    orders: newestFirst,
    make: Effect.gen(function* () {
      const by = yield* admin
      const mark = `walk${by.id.replaceAll("-", "")}`
      const rows = yield* rowsOf(
        "users",
        (sql, count) => sql`
        INSERT INTO users (id, clerk_id, full_name, created_at)
        SELECT uuidv7(), 'user_' || gen_random_uuid(), ${mark}, ${sql.literal(at)}
        FROM generate_series(1, ${count}::int) i RETURNING id`
      )
      return { path: `/api/v1/admin/users?search=${mark}`, by, ...rows }
    })
  },
  "GET /api/v1/admin/seller-applications": {
    orders: newestFirst,
    make: Effect.gen(function* () {
      const by = yield* admin
      const sql = yield* SqlClient.SqlClient
      yield* Effect.orDie(sql`DELETE FROM seller_applications`)
      const rows = yield* rowsOf(
        "seller_applications",
        (_, count) => sql`
        INSERT INTO seller_applications (id, user_id, seller_category, full_name, phone, wilaya_code, register_number, status,
          created_at)
        SELECT uuidv7(), ${by.id}, 'grossiste', 'Boutique', '+213555123456', 16, '16/00-0978323B10', 'rejected',
          ${sql.literal(at)}
        FROM generate_series(1, ${count}::int) i RETURNING id`
      )
      return { path: "/api/v1/admin/seller-applications?status=rejected", by, ...rows }
    })
  },
  "GET /api/v1/admin/audit-log": {
    orders: newestFirst,
    make: Effect.gen(function* () {
      const by = yield* admin
      const rows = yield* rowsOf(
        "audit_log",
        (sql, count) => sql`
        INSERT INTO audit_log (id, actor_id, actor, action, subject_type, subject_id, created_at)
        SELECT uuidv7(), ${by.id}, 'Test', 'user.ban', 'user', uuidv7(), ${sql.literal(at)}
        FROM generate_series(1, ${count}::int) i RETURNING id`
      )
      return { path: `/api/v1/admin/audit-log?actor_id=${by.id}`, by, ...rows }
    })
  },
  "GET /api/v1/admin/guests": {
    orders: newestFirst,
    make: Effect.gen(function* () {
      const by = yield* admin
      const phone = `07${yield* Random.nextIntBetween(10_000_000, 99_999_999)}`
      return { path: `/api/v1/admin/guests?phone=${phone}`, by, ...(yield* orders(null, `+213${phone.slice(1)}`)) }
    })
  }
}
