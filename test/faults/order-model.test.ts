/**
 * RELIABILITY T4: 10,400 predicted commands of every actor over 104 markets, and races of cancelling and shipping. The
 * model is `orderModel.ts`. SEED repeats a run.
 */
import { assert, it } from "@effect/vitest"
import { Arbitrary, Effect, Layer, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { Services } from "../../src/layers/App.ts"
import { pool } from "../../src/layers/Postgres.ts"
import type { Caller } from "../../src/services/auth/model.ts"
import { Products } from "../../src/services/catalog/Products.ts"
import { Checkout } from "../../src/services/orders/Checkout.ts"
import { Orders } from "../../src/services/orders/Orders.ts"
import { SellerOrders } from "../../src/services/orders/SellerOrders.ts"
import { tagOf } from "../../src/services/precondition.ts"
import { dataText } from "../../src/services/wire.ts"
import { freshDatabase } from "../support/database.ts"
import { assertMovementsSum, deadlocks, guest, newProduct, newUser } from "../support/market.ts"
import { TestMedia } from "../support/media.ts"
import { always, often, pick, picked, randomFrom, seed, shuffled, whole } from "../support/random.ts"
import { untilServed } from "../support/untilServed.ts"
import {
  edges,
  everybody,
  Market,
  type Order,
  orderPayment,
  orderStatus,
  orderTotal,
  type Part,
  type Status,
  shopOf,
  statuses,
  type Who
} from "./orderModel.ts"

const markets = 104
const commands = 100

/** What the API answered of an order: what its parties need to get at it. */
type Placed = {
  readonly id: string
  readonly tracking_token?: string
  readonly seller_orders: ReadonlyArray<{ readonly id: string; readonly seller: { readonly id: string } }>
}

/** A market's people and products in the database. */
const open = Effect.gen(function* () {
  const shops = [yield* newUser("seller"), yield* newUser("seller")] as const
  const people: Record<Who, Caller | undefined> = {
    buyer: yield* newUser("customer"),
    otherBuyer: yield* newUser("customer"),
    guest: undefined,
    shop0: shops[0],
    shop1: shops[1],
    admin: yield* newUser("admin")
  }
  const products = yield* Effect.forEach(new Market().stock, (stock, i) => newProduct(shops[shopOf(i)], { stock }))
  return { shops, people, products, stranger: yield* newUser("customer") }
})
type Opened = Effect.Success<typeof open>

const outcome = <A, E extends { readonly _tag: string }, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.match(effect, { onSuccess: () => "ok", onFailure: ({ _tag }) => _tag })

const driver = Effect.gen(function* () {
  const checkout = yield* Checkout
  const orders = yield* Orders
  const sellerOrders = yield* SellerOrders
  const catalog = yield* Products

  const place = (market: Opened, by: "buyer" | "guest", lines: ReadonlyArray<{ product: number; quantity: number }>) =>
    checkout.place(
      { caller: market.people[by] },
      {
        ...guest,
        items: lines.map(({ product, quantity }) => ({
          product_id: market.products[product] ?? ("" as never),
          quantity
        }))
      }
    )
  const access = (market: Opened, who: Who, placed: Placed, by: string) => ({
    caller: market.people[who],
    token: who === "guest" && by === "guest" ? placed.tracking_token : undefined
  })
  const move = (market: Opened, who: Who, placed: Placed, shop: 0 | 1, status: (typeof statuses)[number]) => {
    const part = placed.seller_orders.find(({ seller }) => seller.id === market.shops[shop].id)
    // A guest has no way to the sellers' routes; the service takes a signed-in caller.
    return sellerOrders.move(market.people[who] ?? market.stranger, part?.id ?? "", { status })
  }
  const restock = Effect.fnUntraced(function* (market: Opened, product: number, stock: number) {
    const [owner, id] = [market.shops[shopOf(product)], market.products[product] ?? ""]
    const seen = tagOf(dataText(yield* catalog.get(id, owner)))
    return yield* catalog.update(owner, id, { stock }, [seen])
  })
  return { orders, place, access, move, restock }
})
type Driver = Effect.Success<typeof driver>

type Lines = ReadonlyArray<{ readonly product: number; readonly quantity: number }>

/** Orders and parts by numbers, counted among those that there are by then. */
type Command =
  | { readonly act: "rest" }
  | { readonly act: "place"; readonly by: "buyer" | "guest"; readonly lines: Lines }
  | { readonly act: "cancel" | "edit"; readonly order: number; readonly who: Who | undefined }
  | { readonly act: "restock"; readonly product: number; readonly stock: number }
  | {
      readonly act: "move"
      readonly order: number
      readonly part: number
      readonly who: Who | undefined
      /** Onward along an edge, or anywhere. */
      readonly onward: number | undefined
      readonly to: Status
    }

const by = picked(["buyer", "guest"] as const)
const lines = Arbitrary.map(
  Arbitrary.array(Arbitrary.all({ product: whole(0, 3), quantity: picked([1, 1, 2, 3]) }), {
    minLength: 1,
    maxLength: 3
  }),
  (some) => some.filter(({ product }, i) => some.findIndex((line) => line.product === product) === i)
)
const order = whole(0, 99)
// Mostly somebody who may, so that orders get somewhere.
const who = often(7, Arbitrary.Constant(undefined), 3, picked(everybody))

const place: Arbitrary.Arbitrary<Command> = Arbitrary.all({ act: Arbitrary.Constant("place"), by, lines })
const command = Arbitrary.map(
  Arbitrary.all({
    dice: whole(0, 99),
    place,
    move: Arbitrary.all({
      act: Arbitrary.Constant("move"),
      order,
      part: whole(0, 1),
      who,
      onward: often(7, whole(0, 2), 3, Arbitrary.Constant(undefined)),
      to: picked(statuses)
    }),
    change: Arbitrary.all({ act: picked(["cancel", "cancel", "edit"] as const), order, who }),
    restock: Arbitrary.all({ act: Arbitrary.Constant("restock"), product: whole(0, 2), stock: whole(0, 29) })
  }),
  ({ dice, place, move, change, restock }): Command =>
    dice < 1 ? { act: "rest" } : dice < 20 ? place : dice < 85 ? move : dice < 97 ? change : restock
)

/** One command: what the model says of it, and what the services did. Without an order yet, one is placed. */
const step = Effect.fnUntraced(function* (
  command: Command,
  run: Driver,
  opened: Opened,
  model: Market,
  placed: Array<Placed>
) {
  if (command.act === "rest") return { expected: "ok", answer: "ok" }
  if (command.act === "restock") {
    yield* run.restock(opened, command.product, command.stock)
    return { expected: model.restock(command.product, command.stock), answer: "ok" }
  }
  const at = command.act === "place" ? 0 : command.order % Math.max(placed.length, 1)
  const [order, known] = [model.orders[at], placed[at]]
  if (command.act === "place" || order === undefined || known === undefined) {
    const { by, lines } = command.act === "place" ? command : firstOrder
    const expected = model.place(by, lines)
    const answer = yield* run.place(opened, by, lines).pipe(
      Effect.tap((json) => Effect.sync(() => placed.push(JSON.parse(json)))),
      outcome
    )
    return { expected, answer }
  }
  if (command.act === "move") {
    const part = order.parts[command.part % order.parts.length] as Part
    const actor = command.who ?? `shop${part.shop}`
    const edgesOn = statuses.filter((status) => edges.has(`${part.status}>${status}`))
    const to = (command.onward === undefined ? undefined : edgesOn[command.onward % edgesOn.length]) ?? command.to
    const answer = yield* outcome(run.move(opened, actor, known, part.shop, to))
    return { expected: model.move(actor, order, part, to), answer }
  }
  const actor = command.who ?? order.by
  const access = run.access(opened, actor, known, order.by)
  return command.act === "edit"
    ? {
        answer: yield* outcome(run.orders.update(access, known.id, { commune: "Sétif" })),
        expected: model.edit(actor, order)
      }
    : { answer: yield* outcome(run.orders.cancel(access, known.id, {})), expected: model.cancel(actor, order) }
})

type Figures = Readonly<Record<"figures" | "expected", ReadonlyArray<number>>>

const firstOrder = { by: "buyer", lines: [{ product: 0, quantity: 1 }] } as const

/** Products, orders and parts in the database are what the model says. */
const compare = Effect.fnUntraced(function* (opened: Opened, model: Market, placed: ReadonlyArray<Placed>) {
  const sql = yield* SqlClient.SqlClient
  const products = yield* sql<{ id: string; stock: number | null; sold_count: number }>`
    SELECT p.id, s.stock, p.sold_count FROM products p JOIN skus s ON s.product_id = p.id
    WHERE p.id = ANY(${opened.products}::uuid[]) ORDER BY p.id`
  yield* assertMovementsSum
  assert.deepStrictEqual(
    products.map(({ stock, sold_count }) => [stock, sold_count]),
    model.stock.map((stock, i) => [stock, model.sold[i]])
  )
  const rows = yield* sql<{ id: string; status: string; payment: string; total: number; parts: string; held: number }>`
    SELECT o.id, o.status, o.payment_status AS payment, o.total,
      (SELECT string_agg(seller_id || ' ' || status || ' ' || payment_status, ',' ORDER BY seller_id)
        FROM seller_orders WHERE order_id = o.id) AS parts,
      (SELECT coalesce(sum(quantity) FILTER (WHERE stock_taken), 0)::int FROM order_items WHERE order_id = o.id) AS held
    FROM orders o WHERE id = ANY(${placed.map(({ id }) => id)}::uuid[])`
  const found = new Map(rows.map((row) => [row.id, row]))
  for (const [i, { id }] of placed.entries()) {
    const order = model.orders[i] as Order
    const parts = order.parts
      .map(({ shop, status, payment }) => `${opened.shops[shop].id} ${status} ${payment}`)
      .sort()
      .join(",")
    const held = order.lines.reduce((sum, line) => sum + (line.holds ? line.quantity : 0), 0)
    const payment = orderPayment(order)
    const total = orderTotal(order, 45050)
    assert.deepStrictEqual(found.get(id), { id, status: orderStatus(order), payment, total, parts, held })
  }
})

/** Each part's events, in order: from pending along the edges to where it is now. */
const legalPaths = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const parts = yield* sql<{ status: string; path: ReadonlyArray<string> }>`
    SELECT so.status, ARRAY(
      SELECT e.to_status FROM order_events e
      WHERE e.order_id = so.order_id AND e.kind IN ('placed', 'moved') AND (e.seller_order_id = so.id OR e.seller_order_id IS NULL)
      ORDER BY e.created_at, e.id) AS path
    FROM seller_orders so`
  for (const { status, path } of parts) {
    assert.strictEqual(path[0], "pending")
    assert.strictEqual(path.at(-1), status, path.join(" → "))
    for (const [i, to] of path.slice(1).entries()) assert.isTrue(edges.has(`${path[i]}>${to}`), path.join(" → "))
  }
  return parts.length
})

const onDatabase = <A, E>(test: Effect.Effect<A, E, Layer.Success<typeof Services> | SqlClient.SqlClient>) =>
  Effect.gen(function* () {
    const url = Redacted.make(yield* freshDatabase)
    const result = yield* Effect.provide(
      test,
      Services.pipe(Layer.provide(TestMedia), Layer.provideMerge(pool({ url, maxConnections: 10 })))
    )
    assert.strictEqual(yield* deadlocks(url), 0)
    return result
  })

it.effect(
  `${markets * commands} commands end as predicted, and leave what is predicted (SEED=${seed})`,
  () =>
    Effect.gen(function* () {
      const run = yield* driver
      const total = new Map<string, number>()
      const market = Effect.fnUntraced(function* (walk: ReadonlyArray<Command>) {
        const opened = yield* open
        const model = new Market()
        const placed: Array<Placed> = []
        for (const [i, command] of walk.entries()) {
          const { expected, answer } = yield* step(command, run, opened, model, placed)
          assert.strictEqual(answer, expected, `command ${i}: ${command.act}`)
          total.set(answer, (total.get(answer) ?? 0) + 1)
        }
        yield* compare(opened, model, placed)
      })
      yield* always(Arbitrary.array(command, { minLength: commands, maxLength: commands }), market, {
        runs: markets,
        concurrency: 8
      })
      assert.strictEqual(
        [...total.values()].reduce((a, b) => a + b, 0),
        markets * commands
      )
      // Every kind of answer was met often: the commands go everywhere.
      // That the walk met each refusal; how often is the seed's luck.
      for (const tag of [
        "ok",
        "OrderNotFound",
        "OrderNotCancellable",
        "OrderNotEditable",
        "InvalidStatusTransition",
        "OutOfStock"
      ])
        assert.isAbove(total.get(tag) ?? 0, 10, `${tag} in ${JSON.stringify([...total])}`)
      assert.isAbove(yield* legalPaths, 1000)
    }).pipe(onDatabase),
  300_000
)

it.effect(
  `cancelling, shipping and returning at once take one legal way, and stock comes back once (SEED=${seed})`,
  () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const run = yield* driver
      const opened = yield* open
      const random = randomFrom(seed)
      yield* sql`UPDATE skus SET stock = 100000 WHERE stock IS NOT NULL`
      const race = Effect.fnUntraced(function* (number: number) {
        const by = pick(random, ["buyer", "guest"] as const)
        // The products in either order: two orders at once never wait for one another in a circle.
        const lines = shuffled(random, [0, 1, 2, 3]).map((product) => ({ product, quantity: 1 }))
        const placed: Placed = JSON.parse(yield* untilServed(run.place(opened, by, lines)))
        const ready = number % 3 === 0 ? [] : number % 3 === 1 ? ["confirmed"] : ["confirmed", "shipped", "delivered"]
        for (const status of ready as ReadonlyArray<"confirmed" | "shipped" | "delivered">) {
          for (const shop of [0, 1] as const) yield* untilServed(run.move(opened, `shop${shop}`, placed, shop, status))
        }
        const cancel = run.orders.cancel(run.access(opened, by, placed, by), placed.id, {})
        const movesOf = (shop: 0 | 1) =>
          (["confirmed", "shipped", "delivered", "cancelled", "returned"] as const).map((status) =>
            run.move(opened, `shop${shop}`, placed, shop, status)
          )
        const racers = shuffled(random, [cancel, cancel, cancel, ...movesOf(0), ...movesOf(1), ...movesOf(1)])
        const answers = yield* Effect.forEach(
          racers,
          (racer) => outcome(untilServed<unknown, { _tag: string }, never>(racer)),
          {
            concurrency: "unbounded"
          }
        )
        const allowed = ["ok", "OrderNotCancellable", "InvalidStatusTransition"]
        assert.isTrue(
          answers.every((answer) => allowed.includes(answer)),
          answers.join()
        )
      })
      yield* Effect.forEach(
        Array.from({ length: 120 }, (_, i) => i),
        race,
        { concurrency: 6 }
      )
      const rows = yield* sql<Record<"stock" | "held" | "sold_count" | "delivered", number> & Figures>`
        SELECT s.stock, p.sold_count, ARRAY[p.sold_orders, p.revenue] AS figures,
          ARRAY[count(DISTINCT so.id) FILTER (WHERE so.status = 'delivered'),
            coalesce(sum(i.quantity * i.price) FILTER (WHERE so.status = 'delivered'), 0)]::bigint[] AS expected,
          coalesce(sum(i.quantity) FILTER (WHERE i.stock_taken), 0)::int AS held,
          coalesce(sum(i.quantity) FILTER (WHERE so.status = 'delivered'), 0)::int AS delivered
        FROM products p JOIN skus s ON s.product_id = p.id JOIN order_items i ON i.sku_id = s.id
          JOIN seller_orders so ON so.id = i.seller_order_id
        WHERE s.stock IS NOT NULL GROUP BY p.id, s.id`
      assert.lengthOf(rows, 3)
      for (const row of rows) {
        assert.strictEqual(row.stock + row.held, 100_000)
        assert.strictEqual(row.sold_count, row.delivered)
        assert.deepStrictEqual(row.figures, row.expected)
      }
      const wrong = yield* sql`
        SELECT FROM order_items i JOIN seller_orders so ON so.id = i.seller_order_id
        JOIN skus s ON s.id = i.sku_id
        WHERE i.stock_taken <> (so.status NOT IN ('cancelled', 'returned') AND s.stock IS NOT NULL)`
      assert.lengthOf(wrong, 0)
      assert.strictEqual(yield* legalPaths, 240)
    }).pipe(onDatabase),
  300_000
)
