/** Connections to PostgreSQL whose other end is gone without a word: whoever reads the log connects again. */
import { assert, it } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"
import { consume } from "../../src/layers/Consuming.ts"
import { pool } from "../../src/layers/Postgres.ts"
import { consumer } from "../../src/services/events/consumer.ts"
import { between } from "../support/between.ts"
import { freshDatabase } from "../support/database.ts"
import { counted, LogServices, makeTables } from "../support/eventLog.ts"
import { emitAll, process, registered, remembered, statusOf, when } from "../support/eventTests.ts"
import { eventually } from "../support/eventually.ts"

it.live(
  "events are read again within half a minute",
  () => {
    const seen: Array<number> = []
    const one = consumer({
      name: "test.one",
      types: [counted],
      from: "begin",
      timeLimit: "1 second",
      run: (events) => Effect.sync(() => seen.push(...events.map(({ payload }) => payload.n)))
    })
    const logs = remembered()
    return Effect.flatMap(freshDatabase, (url) =>
      Effect.gen(function* () {
        yield* makeTables(1)
        const { url: via, silence } = yield* between(url)
        const there = LogServices([one]).pipe(
          Layer.provideMerge(pool({ url: Redacted.make(via), maxConnections: 2 })),
          Layer.provideMerge(logs.layer)
        )
        yield* consume([one]).pipe(Effect.provide(there), Effect.forkScoped)
        yield* registered("test.one")
        yield* emitAll(1)
        yield* eventually(statusOf("test.one"), (record) => record?.position === 1)
        yield* silence
        yield* emitAll(2)
        yield* when(() => seen.length === 2)
        assert.deepStrictEqual(seen, [1, 2])
        assert.include(logs.lines, "Warn the event log cannot be watched")
        yield* when(() => logs.lines.includes("Info the event log is watched again"))
        yield* emitAll(3)
        yield* when(() => seen.length === 3)
      }).pipe(Effect.provide(process(url, [])), Effect.scoped)
    )
  },
  { timeout: 60_000 }
)
