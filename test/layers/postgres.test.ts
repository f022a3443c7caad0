import { assert, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { pool } from "../../src/layers/Postgres.ts"
import { freshDatabase } from "../support/database.ts"

it.live("a transaction in which something failed is not taken for committed", () =>
  Effect.gen(function* () {
    const url = yield* freshDatabase
    yield* Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const undone = yield* Effect.flip(sql.withTransaction(Effect.ignore(sql`SELECT 1 / 0`)))
      assert.include(String(undone.reason.cause), "rolled back")
      assert.strictEqual(yield* sql.withTransaction(Effect.as(sql`SELECT 1`, "done")), "done")
    }).pipe(Effect.provide(pool({ url: Redacted.make(url), maxConnections: 3 })))
  })
)
