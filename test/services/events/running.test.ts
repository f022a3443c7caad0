/** What happens to a consumer's runs, by the real clock and on real connections. */
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { consumer } from "../../../src/services/events/consumer.ts"
import { Inbox } from "../../../src/services/jobs/Inbox.ts"
import { consuming, counted } from "../../support/eventLog.ts"
import { emitAll, onLog, statusOf, when } from "../../support/eventTests.ts"
import { eventually } from "../../support/eventually.ts"

it.live("a run may call what opens transactions, which are parts of its own", () => {
  const after: Array<string> = []
  const nested = consumer({
    name: "test.nested",
    types: [counted],
    from: "begin",
    run: Effect.fnUntraced(function* (events) {
      const sql = yield* SqlClient.SqlClient
      const inbox = yield* Inbox
      for (const { id, payload } of events) {
        yield* inbox.once(`test/${id}`, sql`INSERT INTO effects (event, n) VALUES (${id}, ${payload.n})`)
        const undone = Effect.andThen(sql`INSERT INTO effects (event, n) VALUES (${id}, -1)`, Effect.fail("undone"))
        yield* Effect.ignore(sql.withTransaction(undone))
        yield* sql.afterCommit(Effect.sync(() => after.push(`${payload.n}`)))
        // What the transaction leaves behind finds the requests' connections again.
        yield* sql.afterCommit(
          Effect.orDie(sql.withTransaction(sql`INSERT INTO effects (event, n) VALUES (${id}, ${payload.n + 10})`))
        )
      }
      if (events.some(({ payload }) => payload.n === 3)) return yield* Effect.fail("three")
    })
  })
  return onLog(
    [nested],
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* consuming([nested])
      yield* emitAll(1, 2)
      yield* when(() => after.length === 2)
      yield* eventually(statusOf("test.nested"), (record) => record?.position === 2)
      yield* emitAll(3)
      yield* eventually(statusOf("test.nested"), (record) => record?.failures === 1)
      assert.deepStrictEqual(after, ["1", "2"])
      assert.deepStrictEqual(
        (yield* sql<{ n: number }>`SELECT n FROM effects ORDER BY n`).map(({ n }) => n),
        [1, 2, 11, 12]
      )
    }).pipe(Effect.provide(Inbox.layer))
  )
})
