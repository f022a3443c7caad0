/**
 * Payloads as they were written: the log and the queue have them still, and whoever reads them later stands at the first
 * that no longer decodes. A sample is only added, for a new type or for a new optional field; none is changed.
 */
import { expect, it } from "@effect/vitest"
import { Effect, Layer, Schema } from "effect"
import { Services } from "../../src/layers/App.ts"
import { eventTypes, handlers } from "../../src/layers/Background.ts"
import { TestDatabase } from "../support/database.ts"
import { TestMedia } from "../support/media.ts"

const [id, other, shop, person] = [
  "0199e0a4-5b1c-7c3e-9a51-6f1f5f1d2a11",
  "0199e0a4-5b1c-7c3e-9a51-6f1f5f1d2a12",
  "0199e0a4-5b1c-7c3e-9a51-6f1f5f1d2a13",
  "0199e0a4-5b1c-7c3e-9a51-6f1f5f1d2a14"
] as const

const product = { id, seller_id: shop }
const placed = { id, order_number: "ZST-7K2M9QX4", total: 240_000, parts: [{ id: other, seller_id: shop }] }
const moved = { order_id: id, seller_order_id: other, seller_id: shop, total: 240_000 }

type Samples = Readonly<Record<string, readonly [object, ...ReadonlyArray<object>]>>

const events: Samples = {
  "order.edited": [{ id, fields: ["customer_address"] }],
  "order.part_moved": [
    { ...moved, user_id: null, from: "pending", to: "confirmed" },
    { ...moved, user_id: person, from: "confirmed", to: "processing" },
    { ...moved, user_id: person, from: "processing", to: "shipped" },
    { ...moved, user_id: person, from: "shipped", to: "delivered" },
    { ...moved, user_id: person, from: "delivered", to: "returned" },
    { ...moved, user_id: person, from: "pending", to: "cancelled" }
  ],
  "order.placed": [
    { ...placed, user_id: null },
    { ...placed, user_id: person }
  ],
  "product.changed": [{ ...product, fields: ["name", "price"] }],
  "product.created": [product],
  "product.deleted": [product],
  "product.priced": [{ ...product, min_price: 100_000, max_price: 120_050 }],
  "product.stocked": [
    { ...product, sku_id: other, stock: 5 },
    { ...product, sku_id: other, stock: null }
  ],
  "shop.opened": [{ id: shop }],
  "shop.reinstated": [{ id: shop }],
  "shop.settled": [{ id: shop, on_sale: false }],
  "shop.suspended": [{ id: shop }],
  "user.banned": [{ id: person }],
  "user.closed": [{ id: person }],
  "user.erased": [{ id: person }],
  "user.role_changed": [
    {
      id: person,
      from: { role: "customer", seller_category: null },
      to: { role: "seller", seller_category: "grossiste" }
    }
  ],
  "user.unbanned": [{ id: person }]
}

const jobs: Samples = {
  "accounts.purge": [{}],
  "carts.prune": [{}],
  "events.prune": [{}],
  "guests.prune": [{}],
  "idempotency.prune": [{}],
  "jobs.prune": [{}],
  "media.collect": [{}],
  "media.process": [{ media_id: id }],
  "media.process.more": [{ media_id: id }],
  "media.remove": [{ keys: [`uploads/${id}/0u7eq0dzrw4vbyc2`, `images/${other}/large-0u7eq0dzrw4vbyc2.webp`] }],
  "orders.expire": [{}],
  "products.words": [{}],
  "webhooks.prune": [{}]
}

type Type = { readonly name: string; readonly payload: Schema.Codec<unknown, unknown> }

/** Each has a sample, which decodes and loses nothing by it. */
const hold = Effect.fnUntraced(function* (types: ReadonlyArray<Type>, samples: Samples) {
  expect(types.map(({ name }) => name).sort()).toStrictEqual(Object.keys(samples))
  for (const { name, payload } of types) {
    const codec = Schema.toCodecJson(payload)
    for (const sample of samples[name] ?? []) {
      const read = Schema.decodeUnknownEffect(codec)(sample).pipe(
        Effect.flatMap(Schema.encodeUnknownEffect(codec)),
        Effect.mapError(({ message }) => new Error(`A ${name} that was written cannot be read any more: ${message}`))
      )
      expect(yield* read, name).toMatchObject(sample)
    }
  }
})

it.effect("events that were written are still read", () => hold(eventTypes, events))

it.effect("jobs that were offered are still read", () =>
  Effect.gen(function* () {
    const kinds = (yield* handlers).map(({ kind }) => kind)
    yield* hold(kinds, jobs)
  }).pipe(Effect.provide(Layer.provideMerge(Services, Layer.merge(TestDatabase, TestMedia))))
)
