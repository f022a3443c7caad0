import { Effect } from "effect"
import type { SqlClient } from "effect/sql"

/**
 * Locks all products of a shop whose owner is held, as an editor of each would: what orders lock first, in id order, then
 * the products FOR UPDATE, for an order that waited re-reads only what was locked as strongly as that.
 */
export const holdShop = Effect.fnUntraced(function* (sql: SqlClient.SqlClient, owner: string) {
  yield* sql`
    SELECT count(*) FROM (
      SELECT s.id FROM skus s JOIN products p ON p.id = s.product_id WHERE p.seller_id = ${owner}
      ORDER BY s.id FOR UPDATE OF s
    ) held`
  yield* sql`
    SELECT count(*) FROM (SELECT id FROM products WHERE seller_id = ${owner} ORDER BY id FOR UPDATE) held`
})
