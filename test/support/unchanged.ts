/** Whether anything that people see or are owed has changed since it was looked at last. */
import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/** Without what jobs and consumers change by themselves, and what only says that a request was made. */
const tables = [
  ...["users", "sellers", "addresses", "push_tokens", "seller_applications", "audit_log", "carts", "cart_items"],
  ...["products", "skus", "product_images", "categories", "stock_movements", "media", "events"],
  ...["orders", "seller_orders", "order_items", "order_events"]
]

type Content = Readonly<Record<string, string>>

export const watch = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const columns = tables.map(
    (table) => `(SELECT count(*) || ' ' || coalesce(sum(hashtextextended(t::text, 0)), 0) FROM ${table} t) AS ${table}`
  )
  const look = Effect.map(sql<Content>`SELECT ${sql.literal(columns.join(", "))}`, ([content]) => content ?? {})
  // Whoever writes anything takes a number, which is quicker to ask for than what was written.
  const newest = Effect.map(
    sql<{ newest: string }>`SELECT pg_snapshot_xmax(pg_current_snapshot())::text AS newest`,
    ([row]) => row?.newest
  )
  const both = Effect.all({ newest, content: look })
  let last: Effect.Success<typeof both> | undefined
  return {
    /** Whatever was changed was meant to be. */
    meant: Effect.sync(() => {
      last = undefined
    }),
    before: Effect.gen(function* () {
      last ??= yield* both
    }),
    assertUnchanged: Effect.fnUntraced(function* (what: string) {
      if (last === undefined || (yield* newest) === last.newest) return
      const now = yield* both
      const before = last.content
      assert.deepStrictEqual(
        tables.filter((table) => now.content[table] !== before[table]),
        [],
        `changed by ${what}`
      )
      last = now
    })
  }
})
