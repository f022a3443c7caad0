import { Effect } from "effect"
import type { SqlClient } from "effect/sql"
import type { Audit } from "../audit/Audit.ts"

const nobody = "—"

/** Over orders o: who made it was forgotten, for every order has a phone. */
export const isForgotten = "o.customer_phone = ''"

/**
 * Forgets who made these orders, with whatever anybody noted about them: what was sold, and for how much, stays. The
 * caller has locked them: who has a note under way was waited for, and whoever comes later writes none (`Transitions.ts`).
 */
export const makeEraseOrders = (sql: SqlClient.SqlClient, audit: Audit["Service"]) =>
  Effect.fnUntraced(function* (orders: ReadonlyArray<string>) {
    yield* audit.forget(orders)
    // Not `note IS NOT NULL`: when notes are many and new, PostgreSQL takes their index for empty, and reads it whole.
    yield* sql`UPDATE order_events SET note = NULL WHERE order_id = ANY(${orders}::uuid[]) AND coalesce(note, '') <> ''`
    yield* sql`
      UPDATE orders SET customer_name = ${nobody}, customer_phone = '', customer_email = NULL, commune = NULL,
        customer_address = NULL, notes = NULL, tracking_token_hash = NULL WHERE id = ANY(${orders}::uuid[])`
  })
