import { Effect } from "effect"
import type { SqlClient, Statement } from "effect/sql"

const nobody = "—"

/** Forgets who made these orders (a condition over orders o): what was sold, and for how much, stays. */
export const makeEraseOrders = (sql: SqlClient.SqlClient) =>
  Effect.fnUntraced(function* (which: Statement.Fragment) {
    yield* sql`
      UPDATE order_events e SET note = NULL FROM orders o
      WHERE o.id = e.order_id AND ${which} AND e.actor IN ('customer', 'guest') AND e.note IS NOT NULL`
    yield* sql`
      UPDATE orders o SET customer_name = ${nobody}, customer_phone = '', customer_email = NULL, commune = NULL,
        customer_address = NULL, notes = NULL, tracking_token_hash = NULL WHERE ${which}`
  })
