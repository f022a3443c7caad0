import type { OrderStatus } from "../../services/orders/model.ts"
import { addOrder, type Buyer, emptyRows, type Placed, type SoldProduct } from "./orderRows.ts"
import { makeRandom, type Random } from "./random.ts"
import { uuidV7At } from "./uuid.ts"

/** How many of fifty are in each state, and how many days ago such orders were placed. */
const states: ReadonlyArray<readonly [status: OrderStatus, share: number, from: number, to: number]> = [
  ["pending", 8, 0.02, 1.5],
  ["confirmed", 6, 0.5, 3],
  ["processing", 6, 1, 4],
  ["shipped", 8, 2, 7],
  ["delivered", 14, 6, 45],
  ["cancelled", 5, 1, 40],
  ["returned", 3, 10, 40]
]

const plan = states.flatMap((state) => Array.from({ length: state[1] }, () => state))

const day = 86_400_000
const multiSellerEvery = 4
const guestEvery = 3
const defaultCustomerEvery = 10

type Demo = {
  readonly products: ReadonlyArray<SoldProduct>
  /** The first is the default customer, who gets a fair share. */
  readonly buyers: ReadonlyArray<Buyer>
  readonly count: number
  readonly now: number
}

/** Orders of the last weeks in every state, some of several sellers at different points. */
export const placeDemoOrders = ({ products, buyers, count, now }: Demo) => {
  const rows = emptyRows()
  const random = makeRandom(213)
  const shelf = Map.groupBy(
    products.map((product) => ({ ...product })),
    ({ seller_id }) => seller_id
  )
  for (let i = 0; i < count; i++) {
    const [status, , from, to] = plan[(i * 7) % plan.length] ?? ["pending", 1, 0, 1]
    const at = Math.floor(now - random.between(from, to) * day)
    const lines = linesOf(shelf, i % multiSellerEvery === 0 ? 2 + random.below(2) : 1, random)
    const placed = { id: uuidV7At(at), at, buyer: buyerOf(buyers, i, random), lines, fateOf: fates(lines, status) }
    addOrder(rows, placed, { random, now })
  }
  return rows
}

const buyerOf = (buyers: ReadonlyArray<Buyer>, i: number, random: Random): Buyer => {
  const [customer, ...others] = buyers
  if (customer !== undefined && i % defaultCustomerEvery === 1) return customer
  const buyer = random.pick(others)
  return i % guestEvery === 0 ? { ...buyer, user_id: null } : buyer
}

/** In an order of several sellers the first lags behind the others, as it happens. */
const behind: Partial<Record<OrderStatus, OrderStatus>> = {
  delivered: "shipped",
  shipped: "processing",
  processing: "confirmed",
  confirmed: "pending"
}

const fates = (lines: Placed["lines"], status: OrderStatus) => {
  const sellers = [...new Set(lines.map(({ product }) => product.seller_id))]
  return (seller: string) => (sellers.length > 1 && seller === sellers[0] ? (behind[status] ?? status) : status)
}

const linesOf = (
  shelf: ReadonlyMap<string, ReadonlyArray<SoldProduct>>,
  sellers: number,
  random: Random
): Placed["lines"] => {
  const chosen = shuffled([...shelf.values()], random).slice(0, sellers)
  return chosen.flatMap((products) =>
    shuffled(products.filter(isPlenty), random)
      .slice(0, 1 + random.below(2))
      .map((product) => ({ product, quantity: product.min_order_quantity + random.below(2) }))
  )
}

const isPlenty = ({ stock, min_order_quantity }: SoldProduct) => stock === null || stock >= min_order_quantity + 5

const shuffled = <A>(list: ReadonlyArray<A>, random: Random) =>
  list
    .map((item) => ({ item, at: random.next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item)
