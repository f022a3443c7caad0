import { assert, describe, it, layer } from "@effect/vitest"
import { Context, Effect, Layer, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { isGenerated } from "../../src/cli/seed/uuid.ts"
import { pool } from "../../src/layers/Postgres.ts"
import { wrongProducts } from "../../src/services/catalog/skuSql.ts"
import { wrongStocks } from "../../src/services/catalog/stockSql.ts"
import { freshDatabase } from "../support/database.ts"
import { unusedS3 } from "../support/s3.ts"
import { makeKey } from "../support/tokens.ts"
import { webhookSecret } from "../support/webhooks.ts"
import { data, zst } from "./zst.ts"

class DatabaseUrl extends Context.Service<DatabaseUrl, string>()("zst/test/DatabaseUrl") {}

const Database = Layer.unwrap(
  Effect.map(freshDatabase, (url) =>
    Layer.merge(Layer.succeed(DatabaseUrl, url), pool({ url: Redacted.make(url), maxConnections: 2 }))
  )
)

const run = (...args: ReadonlyArray<string>) =>
  Effect.flatMap(DatabaseUrl, (url) => zst(args, { env: { DATABASE_URL: url } }))

const one = (query: string) =>
  Effect.flatMap(SqlClient.SqlClient, (sql) =>
    Effect.map(sql.unsafe<Record<string, unknown>>(query), ([row]) => row ?? {})
  )

const counts =
  one(`SELECT (SELECT count(*) FROM sellers)::int AS sellers, (SELECT count(*) FROM products)::int AS products,
  (SELECT count(*) FROM users)::int AS users, (SELECT count(*) FROM orders)::int AS orders`)

/** Facts that hold of any orders, however they came about. */
const contradictions = one(`WITH lines AS (
    SELECT i.*, s.status, s.seller_id FROM order_items i JOIN seller_orders s ON s.id = i.seller_order_id
  ), sums AS (
    SELECT order_id, sum(price * quantity) AS total FROM lines GROUP BY 1
  ), parts AS (
    SELECT seller_order_id AS id, sum(price * quantity) AS total FROM lines GROUP BY 1
  ), sold AS (
    SELECT product_id, sum(quantity) AS pieces, count(DISTINCT seller_order_id) AS orders, sum(price * quantity) AS revenue FROM lines WHERE status = 'delivered' GROUP BY 1
  ), last AS (
    SELECT DISTINCT ON (seller_order_id) seller_order_id AS id, to_status AS status FROM order_events
    WHERE seller_order_id IS NOT NULL ORDER BY seller_order_id, created_at DESC, id DESC
  ) SELECT
  (SELECT count(*) FROM orders o LEFT JOIN sums ON order_id = o.id
    WHERE subtotal + delivery_fee <> o.total OR subtotal IS DISTINCT FROM sums.total)::int AS order_totals,
  (SELECT count(*) FROM seller_orders s LEFT JOIN parts USING (id)
    WHERE subtotal IS DISTINCT FROM parts.total)::int AS part_totals,
  (SELECT count(*) FROM products p LEFT JOIN sold ON product_id = p.id
    WHERE (sold_count, sold_orders, p.revenue) <> (coalesce(pieces, 0), coalesce(orders, 0), coalesce(sold.revenue, 0)))::int AS sold,
  (SELECT count(*) FROM (${wrongStocks}) w)::int AS stocks,
  (SELECT count(*) FROM (${wrongProducts}) w)::int AS products,
  (SELECT count(*) FROM products p WHERE NOT EXISTS (SELECT FROM skus s WHERE s.product_id = p.id))::int AS bare,
  (SELECT count(*) FROM lines WHERE stock_taken AND status IN ('cancelled', 'returned'))::int AS kept_stock,
  (SELECT count(*) FROM lines JOIN products p ON p.id = product_id WHERE p.seller_id <> lines.seller_id)::int AS shop,
  (SELECT count(*) FROM seller_orders s LEFT JOIN last USING (id)
    WHERE s.status <> coalesce(last.status, 'pending'))::int AS timelines,
  (SELECT count(*) FROM order_events WHERE created_at > now())::int AS future_events,
  (SELECT count(*) FROM orders WHERE (user_id IS NULL) <> (tracking_token_hash IS NOT NULL))::int AS tokens,
  (SELECT count(*) FROM products WHERE uuid_extract_timestamp(id) <> created_at)::int AS ids,
  (SELECT count(*) FROM (
    SELECT n.word FROM products p, unnest(string_to_array(btrim(p.search), ' ')) AS n (word)
    WHERE p.status = 'active' AND n.word <> '' EXCEPT SELECT word FROM product_words) w)::int AS unknown_words`)

const consistent = Effect.map(contradictions, (found) =>
  assert.deepStrictEqual(
    Object.entries(found).filter(([, count]) => count !== 0),
    []
  )
)

layer(Database)("zst seed", (it) => {
  it.effect("says what it would add, and adds nothing, in a dry run", () =>
    Effect.gen(function* () {
      const demo = yield* run("seed", "--dry-run")
      assert.strictEqual(demo.stdout, "Would add 6 sellers, 200 products, 21 customers, 50 orders.\n")
      const load = yield* run("seed", "--products", "1,000", "--users", "10", "--dry-run", "--json")
      assert.deepStrictEqual(data(load), { would_add: { users: 10, products: 1000 } })
      assert.deepStrictEqual(yield* counts, { sellers: 0, products: 0, users: 0, orders: 0 })
    })
  )

  it.effect("fills the demo shop once", () =>
    Effect.gen(function* () {
      const first = yield* run("seed")
      assert.deepStrictEqual([first.code, first.stderr], [0, ""])
      const there = yield* counts
      assert.deepStrictEqual(there, { sellers: 6, products: 200, users: 29, orders: 50 })
      const second = yield* run("seed")
      assert.strictEqual(second.stdout, "The demo shop is already there; nothing was added.\n")
      assert.deepStrictEqual(yield* counts, there)
      yield* consistent
    })
  )

  it.effect("vouches for its people: each is known by e-mail address and phone number", () =>
    Effect.gen(function* () {
      const strangers = yield* one(`SELECT count(*)::int AS count FROM users
        WHERE confirmed_email IS DISTINCT FROM email OR confirmed_phone IS DISTINCT FROM phone`)
      assert.deepStrictEqual(strangers, { count: 0 })
    })
  )

  it.effect("has demo orders in every state, of guests and users, of one shop and of several", () =>
    Effect.gen(function* () {
      const row = yield* one(`SELECT count(DISTINCT status)::int AS states, count(user_id)::int AS of_users,
        (SELECT count(*) FROM (SELECT order_id FROM seller_orders GROUP BY 1 HAVING count(*) > 1))::int AS of_several,
        bool_and(customer_wilaya IS NOT NULL AND customer_wilaya_code IS NOT NULL AND customer_address IS NOT NULL) AS addressed,
        (SELECT count(DISTINCT seller_category) FROM users WHERE role = 'seller')::int AS tiers,
        max(now() - created_at) > interval '21 days' AS weeks FROM orders`)
      const { of_users, of_several, ...rest } = row
      assert.deepStrictEqual(rest, { states: 7, addressed: true, tiers: 3, weeks: true })
      assert.isAbove(Number(of_several), 5)
      assert.isTrue(Number(of_users) > 10 && Number(of_users) < 45)
      yield* consistent
    })
  )

  it.effect(
    "loads thousands of products with progress, and continues where it stopped",
    () =>
      Effect.gen(function* () {
        const first = yield* run("seed", "--products", "3000", "--users", "500")
        assert.strictEqual(first.stdout, "Added 20 sellers, 500 users, 3,000 products.\n")
        const rest = yield* run("seed", "--products", "6000", "--orders", "1000")
        assert.strictEqual(rest.stdout, "Added 3,000 products, 1,000 orders.\n")
        assert.match(rest.stderr, /^products 3,000 of 3,000 \(100 %\), [\d,]+\/s, in 0:\d\d$/m)
        assert.match(rest.stderr, /^orders 1,000 of 1,000 \(100 %\)/m)
        // As one leaves it that is cut off in its last step.
        yield* one("WITH gone AS (DELETE FROM product_words RETURNING word) SELECT count(*)::int AS words FROM gone")
        const again = yield* run("seed", "--products", "6000")
        assert.strictEqual(again.stdout, "All of it is already there; nothing was added.\n")
        const { words } = yield* one("SELECT count(*)::int AS words FROM product_words")
        assert.isAbove(Number(words), 100)
        // Ids that are like those of generated rows by chance.
        const others = ["a5ed-5eee", "a5ed-0eed"].map((tail) => `'01890a5d-ac96-774b-${tail}00000001'::uuid`)
        assert.deepStrictEqual(
          yield* one(`SELECT bool_or(${isGenerated}) AS found FROM (SELECT unnest(ARRAY[${others}]) AS id) ids`),
          { found: false }
        )
        // Whoever has become something else counts, and keeps the number.
        yield* one(`UPDATE users SET role = 'seller', seller_category = 'grossiste'
          WHERE clerk_id = 'user_load_customer_499' RETURNING id`)
        const more = yield* run("seed", "--users", "501")
        assert.strictEqual(more.stdout, "Added 1 users.\n")
        const { products, orders } = yield* counts
        assert.deepStrictEqual({ products, orders }, { products: 6200, orders: 1050 })
        yield* consistent
      }),
    120_000
  )
})

describe("zst seed, in production", () => {
  it.live("refuses to invent data", () =>
    Effect.gen(function* () {
      const url = yield* freshDatabase
      const { code, stderr } = yield* zst(["seed"], {
        env: {
          NODE_ENV: "production",
          DATABASE_URL: url,
          CLERK_JWT_KEY: makeKey().publicKeyPem,
          ...unusedS3,
          CLERK_WEBHOOK_SECRET: webhookSecret,
          CLERK_AUTHORIZED_PARTIES: "https://shop.example"
        }
      })
      assert.deepStrictEqual(
        { code, stderr },
        { code: 1, stderr: "zst seed invents data: it does not run with NODE_ENV=production.\n" }
      )
    }).pipe(Effect.scoped)
  )
})
