import { Effect } from "effect"
import type { SqlClient, Statement } from "effect/sql"
import type { Audit } from "../audit/Audit.ts"

const nobody = "—"

/**
 * Forgets who made these orders (a condition over orders o), with whatever anybody noted about them: what was sold, and
 * for how much, stays.
 */
export const makeEraseOrders = (sql: SqlClient.SqlClient, audit: Audit["Service"]) =>
  Effect.fnUntraced(function* (which: Statement.Fragment) {
    yield* audit.forget(sql`SELECT o.id FROM orders o WHERE ${which}`)
    yield* sql`
      UPDATE order_events e SET note = NULL FROM orders o WHERE o.id = e.order_id AND ${which} AND e.note IS NOT NULL`
    yield* sql`
      UPDATE orders o SET customer_name = ${nobody}, customer_phone = '', customer_email = NULL, commune = NULL,
        customer_address = NULL, notes = NULL, tracking_token_hash = NULL WHERE ${which}`
  })
