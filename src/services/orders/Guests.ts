import { Context, Effect, Layer } from "effect"
import { SqlClient, type Statement } from "effect/sql"
import { Audit } from "../audit/Audit.ts"
import type { Author } from "../audit/model.ts"
import type { ValidationFailed } from "../errors.ts"
import { jsonOf } from "../json.ts"
import { makeList, type Page } from "../list.ts"
import { Retention } from "../Retention.ts"
import { newestFirst } from "../rowOrder.ts"
import { inBatches } from "../sql.ts"
import { makeEraseOrders } from "./eraseOrders.ts"
import { GuestOrder, type OrderStatus } from "./model.ts"
import { finished } from "./policy.ts"
import type { ListGuestOrders } from "./requests.ts"

export type ErasedGuest = { readonly erased: number; readonly waiting: number }

const batch = 500

/** People without an account: all that is known of them is on their orders. */
export class Guests extends Context.Service<
  Guests,
  {
    /** The orders of a phone number (E.164) that no account made, the newest first. */
    readonly find: (query: ListGuestOrders) => Effect.Effect<Page<GuestOrder>, ValidationFailed>
    /** Forgets who made the finished ones; open ones wait, and are erased by the next call after they end. */
    readonly erase: (
      author: Author,
      phone: string,
      options?: { readonly dryRun: boolean }
    ) => Effect.Effect<ErasedGuest>
    /** Forgets who made those that have been finished for as long as their data is kept: how many. */
    readonly prune: Effect.Effect<number>
  }
>()("zst/orders/Guests") {
  static readonly layer = Layer.effect(
    Guests,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const audit = yield* Audit
      const { guestDays } = yield* Retention
      const eraseOrders = makeEraseOrders(sql)
      const orders = yield* makeList({ name: "guest_orders", from: "orders o", alias: "o" })

      const find = Effect.fn("Guests.find")(({ phone, ...query }: ListGuestOrders) =>
        orders.page({
          query,
          order: newestFirst("o"),
          where: sql`o.user_id IS NULL AND o.customer_phone = ${phone} AND o.customer_phone <> ''`,
          json: guestOrderJson
        })
      )

      // Locked, so that an order that ends or is edited meanwhile is erased whole or not at all.
      const hold = (condition: Statement.Fragment, limit: number) => sql<{ id: string; status: OrderStatus }>`
        SELECT id, status FROM orders WHERE user_id IS NULL AND customer_phone <> '' AND ${condition}
        ORDER BY id LIMIT ${limit} FOR NO KEY UPDATE`

      const erase = Effect.fn("Guests.erase")(
        function* (author: Author, phone: string, { dryRun } = { dryRun: false }) {
          const held = yield* hold(sql`customer_phone = ${phone}`, 10_000)
          const ids = held.filter(({ status }) => finished.includes(status)).map(({ id }) => id)
          const outcome = { erased: ids.length, waiting: held.length - ids.length }
          if (dryRun) return outcome
          yield* eraseOrders(sql`o.id = ANY(${ids}::uuid[])`)
          yield* Effect.forEach(ids, (subject_id) =>
            audit.record(author, { action: "order.erase", subject_id, before: null, after: null })
          )
          return outcome
        },
        sql.withTransaction,
        Effect.orDie
      )

      const pruneBatch = Effect.gen(function* () {
        const held = yield* hold(
          sql`status IN ${sql.in(finished)} AND updated_at < now() - make_interval(days => ${guestDays})`,
          batch
        )
        yield* eraseOrders(sql`o.id = ANY(${held.map(({ id }) => id)}::uuid[])`)
        return held.length
      }).pipe(sql.withTransaction)

      const prune = inBatches(batch, pruneBatch).pipe(Effect.orDie, Effect.withSpan("Guests.prune"))

      return Guests.of({ find, erase, prune })
    })
  )
}

const guestOrderJson = jsonOf(GuestOrder, "o")
