/** Data for load tests: as many generated people, products and orders as were asked for, in bounded memory. */
import { availableParallelism } from "node:os"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import type { SellerCategory } from "../../services/auth/model.ts"
import { settleWords } from "../../services/catalog/jobs.ts"
import { slugOf } from "../../services/catalog/slug.ts"
import { makeProgress } from "../progress.ts"
import { insertRows, seeding } from "./insertRows.ts"
import { insertSkus } from "./insertSkus.ts"
import { loadOrders } from "./loadOrders.ts"
import { generatedId, generatedNumber, isGenerated } from "./uuid.ts"
import { customerAt, productAt } from "./vocabulary.ts"

export type Target = { readonly [K in Kind]?: number }
export type Kind = "sellers" | "users" | "products" | "orders"
export const kinds: ReadonlyArray<Kind> = ["sellers", "users", "products", "orders"]

/** How many generated rows there are, and the number that the next one gets. They differ when some were deleted. */
export type Generated = { readonly count: number; readonly next: number }

const tables = {
  // Whatever they have become since.
  sellers: { table: "users", only: "clerk_id LIKE 'user_load_seller_%'" },
  users: { table: "users", only: "clerk_id LIKE 'user_load_customer_%'" },
  products: { table: "products", only: "true" },
  orders: { table: "orders", only: "true" }
} satisfies Record<Kind, { table: string; only: string }>

export const generated = Effect.fnUntraced(function* (kind: Kind) {
  const sql = yield* SqlClient.SqlClient
  const { table, only } = tables[kind]
  const [row] = yield* seeding(sql<Generated>`
    SELECT count(*)::int AS count, coalesce(max(${sql.literal(generatedNumber)}), -1)::int + 1 AS next
    FROM ${sql(table)} WHERE ${sql.literal(isGenerated)} AND ${sql.literal(only)}`)
  return row ?? { count: 0, next: 0 }
})

const ownersAtLeast = 20
const productsBatch = 2000
const peopleBatch = 5000
/** PostgreSQL does the work, on a core for each connection. */
const concurrency = Math.min(4, availableParallelism())
const daysOfHistory = 180

export type Batch = { readonly from: number; readonly to: number }

/**
 * Adds what is missing, batch by batch, each its own transaction that an interruption lets finish. Numbers go on after
 * what is there, so that the same command continues what was interrupted.
 */
const fill = <E, R>(options: {
  readonly kind: Kind
  readonly target: number
  readonly batch: number
  readonly concurrency: number
  readonly insert: (batch: Batch) => Effect.Effect<void, E, R>
}) =>
  Effect.gen(function* () {
    const { count, next } = yield* generated(options.kind)
    const missing = Math.max(0, options.target - count)
    if (missing === 0) return 0
    const progress = makeProgress(options.kind, missing)
    const batches = Array.from({ length: Math.ceil(missing / options.batch) }, (_, i) => ({
      from: next + i * options.batch,
      to: next + Math.min(missing, (i + 1) * options.batch)
    }))
    const add = (batch: Batch) =>
      Effect.uninterruptible(
        Effect.tap(options.insert(batch), () => Effect.sync(() => progress.advance(batch.to - batch.from)))
      )
    yield* Effect.forEach(batches, add, { concurrency: options.concurrency, discard: true }).pipe(
      Effect.ensuring(Effect.sync(progress.end))
    )
    return missing
  })

const sellerCategories: ReadonlyArray<SellerCategory> = ["importateur", "grossiste", "fournisseur"]
const range = ({ from, to }: Batch) => Array.from({ length: to - from }, (_, i) => from + i)

/** Rows appear in the order of their numbers over the last half year. */
const timeOf = (now: number, target: number) => (number: number) =>
  Math.floor(now - daysOfHistory * 86_400_000 * Math.max(0, 1 - (number + 1) / target))

const personRow = (role: "seller" | "customer", number: number, at: number) => {
  const { name, phone } = customerAt(role === "seller" ? number + 50_000_000 : number)
  const created_at = new Date(at)
  return {
    id: generatedId(role, at, number),
    clerk_id: `user_load_${role}_${number}`,
    full_name: name,
    phone,
    role,
    seller_category: role === "seller" ? sellerCategories[number % sellerCategories.length] : null,
    created_at,
    updated_at: created_at
  }
}

const addSellers = (target: number, now: number) =>
  fill({
    kind: "sellers",
    target,
    batch: peopleBatch,
    concurrency: 1,
    insert: (batch) => {
      const at = timeOf(now, target)
      const users = range(batch).map((number) => personRow("seller", number, at(number)))
      const shops = users.map(({ id, full_name, phone, created_at, updated_at }, i) => ({
        id,
        full_name: `Boutique ${full_name}`,
        slug: `${slugOf(full_name)}-${batch.from + i}`,
        phone,
        wilaya_code: customerAt(batch.from + i).wilaya_code,
        created_at,
        updated_at
      }))
      return seeding(Effect.andThen(insertRows("users", users), insertRows("sellers", shops)))
    }
  })

const addUsers = (target: number, now: number) =>
  fill({
    kind: "users",
    target,
    batch: peopleBatch,
    concurrency: 1,
    insert: (batch) => {
      const at = timeOf(now, target)
      return seeding(
        insertRows(
          "users",
          range(batch).map((number) => personRow("customer", number, at(number)))
        )
      )
    }
  })

const addProducts = Effect.fnUntraced(function* (target: number, now: number) {
  const sql = yield* SqlClient.SqlClient
  const owners = yield* sql<{ id: string }>`
    SELECT id FROM users WHERE role = 'seller' AND ${sql.literal(isGenerated)} ORDER BY id LIMIT 10000`
  const categories = yield* sql<{ id: string; slug: string }>`SELECT id, slug FROM categories`
  const categoryIds = new Map(categories.map(({ id, slug }) => [slug, id]))
  const at = timeOf(now, target)
  const rowOf = (number: number) => {
    const { price_dinars, original_price, category, stock, ...product } = productAt(number)
    const created_at = new Date(at(number))
    const row = {
      id: generatedId("product", at(number), number),
      seller_id: owners[number % owners.length]?.id,
      category_id: categoryIds.get(category) ?? null,
      slug: `${slugOf(product.name)}-${number}`,
      ...product,
      price: price_dinars * 100,
      min_price: price_dinars * 100,
      max_price: price_dinars * 100,
      in_stock: stock !== 0,
      original_price: original_price === undefined ? null : original_price * 100,
      created_at,
      updated_at: created_at
    }
    return { row, stock }
  }
  const insert = Effect.fnUntraced(function* (batch: Batch) {
    const products = range(batch).map(rowOf)
    yield* insertRows(
      "products",
      products.map(({ row }) => row)
    )
    yield* insertSkus(products.map(({ row: { id }, stock }) => ({ id, stock })))
  })
  return yield* fill({
    kind: "products",
    target,
    batch: productsBatch,
    concurrency,
    insert: (batch) => seeding(insert(batch))
  })
})

/** Tells the planner what there is now; a search index keeps its newest entries apart until it is told to sort them in. */
const settle = Effect.fnUntraced(function* (added: Record<Kind, number>, target: Target) {
  const sql = yield* SqlClient.SqlClient
  const changed = new Set<string>()
  if (added.sellers + added.users > 0) changed.add("users").add("sellers")
  // What was cut off before this step finds nothing to add, and finishes it.
  if (target.products !== undefined) {
    yield* seeding(settleWords(sql))
    yield* seeding(sql`SELECT gin_clean_pending_list('products_search')`)
    changed.add("products").add("skus").add("stock_movements")
  }
  if (added.orders > 0) for (const table of orderTables) changed.add(table)
  for (const table of changed) yield* seeding(sql`ANALYZE ${sql(table)}`)
})

const orderTables = ["orders", "seller_orders", "order_items", "order_events", "products", "skus", "stock_movements"]

/** Brings the generated data up to `target`. Products get owners of their own, and are not put into a real shop. */
export const load = Effect.fnUntraced(function* (target: Target) {
  const now = Date.now()
  const sellers = Math.max(target.sellers ?? 0, target.products ? ownersAtLeast : 0)
  const added = {
    sellers: sellers > 0 ? yield* addSellers(sellers, now) : 0,
    users: target.users ? yield* addUsers(target.users, now) : 0,
    products: target.products ? yield* addProducts(target.products, now) : 0,
    orders: 0
  }
  const orders = target.orders
  if (orders !== undefined) {
    const loader = yield* loadOrders(now)
    const insert = (batch: Batch) => loader.insert(batch, timeOf(now, orders))
    added.orders = yield* fill({ kind: "orders", target: orders, batch: loader.batch, concurrency: 1, insert })
  }
  yield* settle(added, target)
  return added
})
