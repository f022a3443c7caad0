/** What is known of guests is forgotten as fast when PostgreSQL has not yet seen how much there is. */
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { Guests } from "../../../src/services/orders/Guests.ts"
import { TestServer } from "../../support/server.ts"

layer(TestServer.layer)("guests' notes", (it) => {
  it.effect("are forgotten in time, many and new as they are", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const guests = yield* Guests
      const noted = (note: string | null) => sql`
        INSERT INTO order_events (id, order_id, kind, actor, note)
        SELECT uuidv7(), o.id, 'edited', 'guest', ${note}::text FROM orders o, generate_series(1, 4)`
      for (const table of ["orders", "order_events"]) {
        yield* sql`ALTER TABLE ${sql(table)} SET (autovacuum_enabled = off)`
      }
      yield* sql`
        INSERT INTO orders (id, order_number, customer_name, customer_phone, status, subtotal, total, updated_at)
        SELECT uuidv7(), 'N-' || n, 'A', '+213555123456', 'delivered', 100, 100, now() - interval '400 days'
        FROM generate_series(1, 5000) n`
      // What it has seen are events without a note, so it takes the index of the notes for empty.
      yield* noted(null)
      yield* sql`ANALYZE order_events`
      yield* noted("Kaci")
      assert.strictEqual(yield* guests.prune, 5000)
      assert.lengthOf(yield* sql`SELECT FROM order_events WHERE note IS NOT NULL`, 0)
    })
  )
})
