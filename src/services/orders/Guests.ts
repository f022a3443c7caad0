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
import { GuestOrder } from "./model.ts"
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
      const eraseOrders = makeEraseOrders(sql, audit)
      const orders = yield* makeList({ name: "guest_orders", from: "orders o", alias: "o" })

      const find = Effect.fn("Guests.find")(({ phone, ...query }: ListGuestOrders) =>
        orders.page({
          query,
          order: newestFirst("o"),
          where: sql`o.user_id IS NULL AND o.customer_phone = ${phone} AND o.customer_phone <> ''`,
          json: guestOrderJson
        })
      )

      const isFinished = `status IN (${finished.map((status) => `'${status}'`).join(", ")})`
      const isKnown = "user_id IS NULL AND customer_phone <> ''"

      /** Forgets who made some of these. What is just worked on is left to the next call. */
      const forget = Effect.fnUntraced(function* (which: Statement.Fragment, author?: Author) {
        const held = yield* sql<{ id: string }>`
          SELECT id FROM orders WHERE ${sql.literal(isKnown)} AND ${sql.literal(isFinished)} AND ${which}
          LIMIT ${batch} FOR NO KEY UPDATE SKIP LOCKED`
        yield* eraseOrders(sql`o.id = ANY(${held.map(({ id }) => id)}::uuid[])`)
        if (author === undefined) return held.length
        yield* Effect.forEach(held, ({ id: subject_id }) =>
          audit.record(author, { action: "order.erase", subject_id, before: null, after: null })
        )
        return held.length
      }, sql.withTransaction)

      const erase = Effect.fn("Guests.erase")(function* (
        author: Author,
        phone: string,
        { dryRun } = { dryRun: false }
      ) {
        const of = sql`customer_phone = ${phone}`
        const counted = sql<{ done: number; open: number }>`
          SELECT count(*) FILTER (WHERE ${sql.literal(isFinished)})::int AS done,
            count(*) FILTER (WHERE NOT ${sql.literal(isFinished)})::int AS open
          FROM orders WHERE ${sql.literal(isKnown)} AND ${of}`
        if (!dryRun) {
          const erased = yield* inBatches(batch, forget(of, author))
          const [left] = yield* counted
          return { erased, waiting: (left?.open ?? 0) + (left?.done ?? 0) }
        }
        const [found] = yield* counted
        return { erased: found?.done ?? 0, waiting: found?.open ?? 0 }
      }, Effect.orDie)

      const prune = inBatches(batch, forget(sql`updated_at < now() - make_interval(days => ${guestDays})`)).pipe(
        Effect.orDie,
        Effect.withSpan("Guests.prune")
      )

      return Guests.of({ find, erase, prune })
    })
  )
}

const guestOrderJson = jsonOf(GuestOrder, "o")
