/** A process that places orders at a given rate, or consumes their events, or both; it tells when each was there. */
import { Effect, Layer, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { customerAt } from "../src/cli/seed/vocabulary.ts"
import { consume } from "../src/layers/Consuming.ts"
import { pool } from "../src/layers/Postgres.ts"
import { Audit } from "../src/services/audit/Audit.ts"
import { People } from "../src/services/auth/People.ts"
import { Carts } from "../src/services/cart/Carts.ts"
import type { ProductId } from "../src/services/catalog/model.ts"
import { Wilayas } from "../src/services/delivery/Wilayas.ts"
import { ConsumerRecords } from "../src/services/events/ConsumerRecords.ts"
import { consumer } from "../src/services/events/consumer.ts"
import { Events } from "../src/services/events/Events.ts"
import { Wakeups } from "../src/services/events/Wakeups.ts"
import { Checkout } from "../src/services/orders/Checkout.ts"
import { orderPlaced } from "../src/services/orders/events.ts"

const { DATABASE_URL = "", CONSUMES = "", RATE = "0", SECONDS = "0" } = process.env

/** The same clock in every process of this machine. */
const now = () => performance.timeOrigin + performance.now()

const placed: Array<readonly [id: string, at: number]> = []
const consumed: Array<readonly [id: string, at: number]> = []

const figures = consumer({
  name: "bench.figures",
  types: [orderPlaced],
  from: "now",
  run: Effect.fnUntraced(function* (events) {
    const at = now()
    for (const { entity } of events) consumed.push([entity, at])
    const sql = yield* SqlClient.SqlClient
    const rows = JSON.stringify(events.map(({ payload: { id, total } }) => ({ id, total })))
    yield* sql`INSERT INTO bench_figures SELECT * FROM jsonb_to_recordset(${rows}::text::jsonb) AS r (id uuid, total bigint)`
  })
})

const placing = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const checkout = yield* Checkout
  const products = yield* sql<{ id: ProductId }>`SELECT id FROM products WHERE status = 'active' ORDER BY id`
  const place = Effect.fnUntraced(function* (i: number) {
    const { name, phone, wilaya_code } = customerAt(i)
    const product = products[(i * 7919) % products.length]
    if (product === undefined) return
    const order: string = yield* checkout.place(
      { caller: undefined },
      {
        customer_name: name,
        customer_phone: phone,
        customer_wilaya: wilaya_code,
        payment_method: "cod",
        items: [{ product_id: product.id, quantity: 1 }]
      }
    )
    const at = now()
    placed.push([String(JSON.parse(order).id), at])
  })
  const begun = now()
  const all = Number(RATE) * Number(SECONDS)
  for (let i = 0; i < all; ) {
    const due = Math.min(all, Math.floor(((now() - begun) * Number(RATE)) / 1000))
    for (; i < due; i++) yield* Effect.forkChild(place(i))
    yield* Effect.sleep(1)
  }
  const latest = now() + 20_000
  while (placed.length < all && now() < latest) yield* Effect.sleep(20)
  if (placed.length < all) return yield* Effect.die(`Of ${all} orders ${placed.length} were placed`)
  yield* Effect.sleep(500)
})

const services = Layer.mergeAll(Checkout.layer, ConsumerRecords.layer).pipe(
  Layer.provideMerge(Layer.merge(Carts.layer, Wilayas.layer)),
  Layer.provideMerge(People.layer),
  Layer.provideMerge(Events.layer),
  Layer.provideMerge(Audit.layer),
  Layer.provideMerge(Wakeups.layer([figures])),
  Layer.provideMerge(pool({ url: Redacted.make(DATABASE_URL), maxConnections: 10 }))
)

const work = Effect.gen(function* () {
  if (CONSUMES !== "") yield* Effect.forkScoped(consume([figures]))
  yield* Effect.sleep(1000)
  process.send?.("ready")
  yield* RATE === "0" ? Effect.callback<void>((done) => void process.once("message", () => done(Effect.void))) : placing
})

await Effect.runPromise(Effect.provide(Effect.scoped(work), services))
process.send?.({ placed, consumed }, () => process.exit(0))
