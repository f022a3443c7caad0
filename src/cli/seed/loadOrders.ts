import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import type { OrderStatus } from "../../services/orders/model.ts"
import { CommandFailed } from "../explain.ts"
import { insertOrders } from "./insertOrders.ts"
import { seeding } from "./insertRows.ts"
import { addOrder, type Buyer, emptyRows, type SoldProduct } from "./orderRows.ts"
import { makeRandom, type Random } from "./random.ts"
import { generatedId, isGenerated } from "./uuid.ts"
import { customerAt } from "./vocabulary.ts"

const batch = 1000
const sample = 20_000
const day = 86_400_000

/** Older orders are mostly done, newer ones on their way. */
const statusAfter = (days: number, random: Random): OrderStatus => {
  const roll = random.next()
  if (roll < 0.08) return "cancelled"
  if (days > 10) return roll < 0.13 ? "returned" : "delivered"
  if (days > 4) return roll < 0.6 ? "delivered" : "shipped"
  if (days > 1) return roll < 0.4 ? "processing" : roll < 0.7 ? "confirmed" : "shipped"
  return "pending"
}

/** Places generated orders over what is for sale. Products that are sold out meanwhile end in cancelled orders. */
export const loadOrders = Effect.fnUntraced(function* (now: number) {
  const sql = yield* SqlClient.SqlClient
  const products = yield* seeding(sql<{ id: string }>`
    SELECT p.id FROM products p JOIN skus s ON s.product_id = p.id AND s.options = '{}' AND NOT s.archived
    WHERE p.status = 'active' AND (s.stock IS NULL OR s.stock >= p.min_order_quantity)
    ORDER BY md5(p.id::text) LIMIT ${sample}`)
  if (products.length === 0) {
    return yield* new CommandFailed({
      message: "There is nothing to order: add --products 1000, or run zst seed first."
    })
  }
  const users = yield* seeding(sql<{ id: string }>`
    SELECT id FROM users WHERE role = 'customer' AND ${sql.literal(isGenerated)} LIMIT ${sample}`)

  const buyerOf = (number: number, random: Random): Buyer => {
    const { name, phone, wilaya_code } = customerAt(number)
    const user_id = random.next() < 0.6 ? (users[number % Math.max(1, users.length)]?.id ?? null) : null
    return { user_id, name, phone, wilaya_code, commune: null, address: null }
  }

  const hold = (ids: ReadonlyArray<string>) => sql<SoldProduct>`
    SELECT p.id, s.id AS sku_id, p.seller_id, p.name, p.name_ar, coalesce(s.price, p.price) AS price,
      p.min_order_quantity, s.stock
    FROM skus s JOIN products p ON p.id = s.product_id
    WHERE p.id = ANY(${ids}::uuid[]) AND s.options = '{}' AND NOT s.archived
    ORDER BY s.id FOR NO KEY UPDATE OF s FOR KEY SHARE OF p`

  const place = Effect.fnUntraced(function* (numbers: ReadonlyArray<number>, timeOf: (number: number) => number) {
    const drafts = numbers.map((number) => {
      const random = makeRandom(number * 31 + 7)
      const ids = Array.from({ length: 1 + random.below(3) }, () => random.pick(products).id)
      return { number, random, ids: [...new Set(ids)] }
    })
    const held = yield* hold([...new Set(drafts.flatMap(({ ids }) => ids))])
    const shelf = new Map(held.map((product) => [product.id, { ...product }]))
    const rows = emptyRows()
    for (const { number, random, ids } of drafts) {
      const lines = ids.flatMap((id) => {
        const product = shelf.get(id)
        return product ? [{ product, quantity: product.min_order_quantity + random.below(2) }] : []
      })
      if (lines.length === 0) continue // deleted since the sample was taken
      const at = timeOf(number)
      const canHave = lines.every(({ product, quantity }) => product.stock === null || product.stock >= quantity)
      const status = canHave ? statusAfter((now - at) / day, random) : "cancelled"
      const buyer = buyerOf(number, random)
      addOrder(rows, { id: generatedId("order", at, number), at, buyer, lines, fateOf: () => status }, { random, now })
    }
    yield* insertOrders(rows)
  })

  const insert = (range: { from: number; to: number }, timeOf: (number: number) => number) =>
    seeding(
      place(
        Array.from({ length: range.to - range.from }, (_, i) => range.from + i),
        timeOf
      )
    ).pipe(
      // An order number that was taken: the whole batch gets others.
      Effect.retry({ times: 3, while: (error) => error.reason._tag === "UniqueViolation" })
    )

  return { batch, insert }
})
