/** The demo shop of a first run: six sellers, their products, and orders in every state. */

import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { type DevUser, devUser } from "../../layers/DevIssuer.ts"
import { takeTurn } from "../../layers/turn.ts"
import { settleWords } from "../../services/catalog/jobs.ts"
import { settlePrices } from "../../services/catalog/skuSql.ts"
import { slugOf } from "../../services/catalog/slug.ts"
import { locks } from "../../services/locks.ts"
import { CommandFailed } from "../explain.ts"
import { demoCustomers } from "./demo-customers.ts"
import { demoProducts } from "./demo-products.ts"
import { demoShops } from "./demo-shops.ts"
import { placeDemoOrders } from "./demoOrders.ts"
import { addDemoPictures } from "./demoPictures.ts"
import { insertOrders } from "./insertOrders.ts"
import { insertRows, type Row, seeding } from "./insertRows.ts"
import { insertSkus } from "./insertSkus.ts"
import type { DemoProduct, DemoVariant } from "./products/product.ts"
import { makeRandom } from "./random.ts"
import { uuidV7At } from "./uuid.ts"

const day = 86_400_000
const openedDaysAgo = 120
const productsOverDays = 75

/** Two processes that start on one fresh database must not both fill it. */
const lock = locks.demo

export type DemoCounts = {
  readonly sellers: number
  readonly products: number
  readonly customers: number
  readonly orders: number
}

export const demoSize = {
  sellers: demoShops.length,
  products: demoProducts.length,
  customers: demoCustomers.length,
  orders: 50
} satisfies DemoCounts

/** Whether the demo shop was filled here before. A shop's slug never changes, whatever becomes of the rest. */
export const hasDemo = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql`SELECT FROM sellers WHERE slug = ${demoShops[0]?.slug ?? ""}`
  return rows.length > 0
})

/** Fills the demo shop in one transaction, once: false when it was there. */
export const seedDemo = seeding(
  Effect.gen(function* () {
    yield* takeTurn(lock, "is filling the demo shop of this database")
    if (yield* hasDemo) return false
    const now = Date.now()
    const sellers = yield* addShops(now)
    const buyers = yield* addCustomers(now)
    const products = yield* addProducts(now, sellers)
    yield* insertOrders(placeDemoOrders({ products, buyers, count: demoSize.orders, now }))
    yield* settleWords(yield* SqlClient.SqlClient)
    return true
  })
)

/** Makes development users, or gives those that are there what they need; answers their ids in the same order. */
const addUsers = Effect.fnUntraced(function* (users: ReadonlyArray<DevUser & { phone?: string }>, now: number) {
  const sql = yield* SqlClient.SqlClient
  const created_at = now - openedDaysAgo * day
  yield* insertRows(
    "users",
    users.map(({ sub, name, email, role, seller_category, phone }) => ({
      id: uuidV7At(created_at),
      clerk_id: sub,
      full_name: name,
      email,
      phone: phone ?? null,
      // The seed vouches for them: there is no Clerk.
      clerk_profile: { confirmed: { email, phone: phone ?? null } },
      role,
      seller_category,
      is_verified: role === "seller",
      status: "active",
      created_at: new Date(created_at),
      updated_at: new Date(created_at)
    })),
    "ON CONFLICT (clerk_id) DO UPDATE SET role = excluded.role, seller_category = excluded.seller_category, clerk_profile = users.clerk_profile || excluded.clerk_profile"
  )
  const found = yield* sql<{ id: string; clerk_id: string; status: string }>`
    SELECT id, clerk_id, status FROM users WHERE clerk_id = ANY(${users.map(({ sub }) => sub)}::text[])`
  const erased = found.find(({ status }) => status === "deleted")
  if (erased !== undefined) {
    return yield* new CommandFailed({ message: `${erased.clerk_id} was erased: the demo shop needs a new database.` })
  }
  const ids = new Map(found.map(({ id, clerk_id }) => [clerk_id, id]))
  return users.map(({ sub }) => ids.get(sub) ?? "")
})

const addShops = Effect.fnUntraced(function* (now: number) {
  const users = demoShops.map(({ user, phone }) => ({ ...devUser({ role: "seller", ...user }), phone }))
  const ids = yield* addUsers(users, now)
  const shops = demoShops.map(({ user: _, ...shop }, index) => ({ id: ids[index], ...shop }))
  const opened = new Date(now - openedDaysAgo * day)
  yield* insertRows(
    "sellers",
    shops.map((shop) => ({ ...shop, created_at: opened, updated_at: opened })),
    `ON CONFLICT (id) DO UPDATE SET full_name = excluded.full_name, full_name_ar = excluded.full_name_ar,
      slug = excluded.slug, description = excluded.description, phone = excluded.phone,
      wilaya_code = excluded.wilaya_code`
  )
  return ids
})

/** The issuer's customer without a name, whose token `zst serve` prints, is among the buyers and has orders as well. */
const addCustomers = Effect.fnUntraced(function* (now: number) {
  const users = demoCustomers.map(({ first_name, last_name, phone }) => ({
    ...devUser({ role: "customer", name: slugOf(first_name).replaceAll("-", "") }),
    name: `${first_name} ${last_name}`,
    phone
  }))
  const [customer, ...ids] = yield* addUsers([devUser({ role: "customer" }), ...users, devUser({ role: "admin" })], now)
  const buyers = demoCustomers.map(({ first_name, last_name, name_ar, ...delivery }, index) => ({
    ...delivery,
    user_id: ids[index] ?? null,
    name: name_ar ?? `${first_name} ${last_name}`
  }))
  const [first] = buyers
  return first === undefined ? buyers : [{ ...first, user_id: customer ?? null, name: "Demo customer" }, ...buyers]
})

const addProducts = Effect.fnUntraced(function* (now: number, sellers: ReadonlyArray<string>) {
  const sql = yield* SqlClient.SqlClient
  const random = makeRandom(1962)
  const categories = yield* sql<{ id: string; slug: string; main: string }>`
    SELECT id, slug, coalesce(parent_id, id) AS main FROM categories ORDER BY main, slug`
  const categoryIds = new Map(categories.map(({ id, slug }) => [slug, id]))
  const mainCategories = new Map(categories.map(({ id, main }) => [id, main]))
  const slugs = yield* freeSlugs(demoProducts.map(({ name }) => slugOf(name)))
  const rows = demoProducts.map((demo, index) => {
    const { shop, category, price, original_price, ...product } = demo
    const at = Math.floor(now - random.between(0.1, productsOverDays) * day)
    return {
      id: uuidV7At(at),
      seller_id: sellers[shop] ?? "",
      category_id: categoryIds.get(category) ?? null,
      slug: slugs[index],
      name: product.name,
      name_ar: product.name_ar,
      description: product.description,
      description_ar: product.description_ar ?? null,
      brand: product.brand ?? null,
      price: price * 100,
      min_price: price * 100,
      max_price: price * 100,
      original_price: original_price === undefined ? null : original_price * 100,
      min_order_quantity: product.min_order_quantity ?? 1,
      attributes: {},
      status: "active",
      sold_count: 0,
      reviews_count: 0,
      created_at: new Date(at),
      updated_at: new Date(at)
    }
  })
  yield* insertRows("products", rows satisfies ReadonlyArray<Row>)
  const skus = demoProducts.flatMap((product, index) =>
    variantsOf(product).map(({ options, price, stock }) => ({
      id: rows[index]?.id ?? "",
      options,
      stock,
      ...(price !== undefined && { price: price * 100 })
    }))
  )
  const skuIds = yield* insertSkus(skus)
  for (const { id } of rows) yield* settlePrices(sql, id)
  const images = yield* addDemoPictures(
    rows.map((row) => ({ ...row, category: mainCategories.get(row.category_id ?? "") ?? "" })),
    now
  )
  // What is ordered of them: products that nobody has to choose a variant of.
  return rows.flatMap((row, index) => {
    if (demoProducts[index]?.variants !== undefined) return []
    const sku_id = skuIds[skus.findIndex(({ id }) => id === row.id)] ?? ""
    return [{ ...row, sku_id, stock: demoProducts[index]?.stock ?? null, image: images.get(row.id) }]
  })
})

const variantsOf = ({ stock, variants }: DemoProduct): ReadonlyArray<DemoVariant> =>
  variants ?? [{ options: {}, stock }]

const freeSlugs = Effect.fnUntraced(function* (wanted: ReadonlyArray<string>) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ slug: string }>`SELECT slug FROM products WHERE slug = ANY(${wanted}::text[])`
  const taken = new Set(rows.map(({ slug }) => slug))
  return wanted.map((slug) => {
    let free = slug
    for (let n = 2; taken.has(free); n++) free = `${slug}-${n}`
    taken.add(free)
    return free
  })
})
