/** Who follows orders gets them at once: here nobody looks by themselves, so that only who is told of them does. */
import { assert, it } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"
import { consume, LongestRest } from "../../../src/layers/Consuming.ts"
import { DomainsBelow, uses } from "../../../src/layers/domains.ts"
import * as JobQueue from "../../../src/layers/JobQueue.ts"
import * as JobRecords from "../../../src/layers/JobRecords.ts"
import * as Jobs from "../../../src/layers/Jobs.ts"
import { pool } from "../../../src/layers/Postgres.ts"
import { stack } from "../../../src/services/domain.ts"
import { consumer } from "../../../src/services/events/consumer.ts"
import { Wakeups } from "../../../src/services/events/Wakeups.ts"
import { Checkout } from "../../../src/services/orders/Checkout.ts"
import { orderPlaced, partMoved } from "../../../src/services/orders/events.ts"
import { Orders } from "../../../src/services/orders/Orders.ts"
import { Uses } from "../../../src/services/Uses.ts"
import { freshDatabase } from "../../support/database.ts"
import { registered, when } from "../../support/eventTests.ts"
import { guest, newProduct, newUser } from "../../support/market.ts"
import { TestMedia } from "../../support/media.ts"

it.live("an order that is placed, and a part of it that moves", () => {
  const seen: Array<string> = []
  const follower = consumer({
    name: "test.follower",
    types: [orderPlaced, partMoved],
    from: "begin",
    run: (events) => Effect.sync(() => seen.push(...events.map(({ type }) => type)))
  })
  const Followed = stack(
    JobQueue.layer,
    Layer.mergeAll(Jobs.layer, JobRecords.layer, Uses.layerOf(uses), Wakeups.layer([follower])),
    DomainsBelow
  )
  return Effect.flatMap(freshDatabase, (url) =>
    Effect.gen(function* () {
      yield* Effect.forkScoped(Effect.provideService(consume([follower]), LongestRest, "1 hour"))
      yield* registered("test.follower")
      const product_id = yield* newProduct(yield* newUser("seller"), { stock: 1 })
      const caller = yield* newUser("customer")
      const placed = yield* Checkout.use(({ place }) =>
        place({ caller }, { ...guest, items: [{ product_id, quantity: 1 }] })
      )
      yield* when(() => seen.length === 1)
      yield* Orders.use(({ cancel }) => cancel({ caller, token: undefined }, JSON.parse(String(placed)).id, {}))
      yield* when(() => seen.length === 2)
      assert.deepStrictEqual(seen, ["order.placed", "order.part_moved"])
    }).pipe(
      Effect.provide(
        Followed.pipe(
          Layer.provide(TestMedia),
          Layer.provideMerge(pool({ url: Redacted.make(url), maxConnections: 4 }))
        )
      ),
      Effect.scoped
    )
  )
})
