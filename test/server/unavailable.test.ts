import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { TestServer } from "../support/server.ts"
import { buyer } from "../support/shop.ts"

layer(TestServer.layer)("what cannot be answered now", (it) => {
  it.effect("says when to come again, and is done then", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const server = yield* TestServer
      const who = yield* buyer
      const change = server.patch("/api/v1/users/me", { full_name: "Amina Kaci" }, who)
      const held = yield* sql.withTransaction(
        Effect.andThen(sql`SELECT FROM users WHERE id = ${who.id} FOR UPDATE`, change)
      )
      assert.deepStrictEqual([held.status, held.json.error.code], [503, "UNAVAILABLE"])
      assert.deepStrictEqual([held.headers.get("retry-after"), held.json.error.retry_after], ["2", 2])
      assert.strictEqual((yield* change).json.data.full_name, "Amina Kaci")
    })
  )
})
