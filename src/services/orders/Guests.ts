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
import { isClosed } from "./closedSql.ts"
import { isForgotten, makeEraseOrders } from "./eraseOrders.ts"
import { GuestOrder } from "./model.ts"
import type { ListGuestOrders } from "./requests.ts"

export type ErasedGuest = { readonly erased: number; readonly waiting: number }

const batch = 200

/** People without an account: all that is known of them is on their orders. */
export class Guests extends Context.Service<
  Guests,
  {
    /** The orders of a phone number (E.164) that no account made, the newest first. */
    readonly list: (query: ListGuestOrders) => Effect.Effect<Page<GuestOrder>, ValidationFailed>
    /** Forgets who made the closed ones; open ones wait, and are erased by the next call after they end. */
    readonly erase: (
      author: Author,
      phone: string,
      options?: { readonly dryRun: boolean }
    ) => Effect.Effect<ErasedGuest>
    /** Forgets who made those that were closed and unchanged for as long as their data is kept: how many. */
    readonly prune: Effect.Effect<number>
  }
>()("zst/orders/Guests") {
  static readonly layer = Layer.effect(
    Guests,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const audit = yield* Audit
      const { guestDays, abandonedDays } = yield* Retention
      const eraseOrders = makeEraseOrders(sql, audit)
      const orders = yield* makeList({ name: "guest_orders", from: "orders o", alias: "o" })

      const isKnown = sql.literal(`o.user_id IS NULL AND NOT (${isForgotten})`)
      const closed = sql.literal(isClosed("o", abandonedDays))

      const list = Effect.fn("Guests.list")(({ phone, ...query }: ListGuestOrders) =>
        orders.page({
          query,
          order: newestFirst("o"),
          where: sql`${isKnown} AND o.customer_phone = ${phone}`,
          json: guestOrderJson
        })
      )

      /** Forgets who made some of these. What is just worked on is left to the next call. */
      const forget = Effect.fnUntraced(function* (which: Statement.Fragment, author?: Author) {
        const held = yield* sql<{ id: string }>`
          SELECT o.id FROM orders o WHERE ${isKnown} AND ${closed} AND ${which}
          LIMIT ${batch} FOR NO KEY UPDATE SKIP LOCKED`
        yield* eraseOrders(held.map(({ id }) => id))
        if (author === undefined) return held.length
        yield* Effect.forEach(held, ({ id: subject_id }) =>
          audit.record(author, { action: "order.erase", subject_id, about: null, before: null, after: null })
        )
        return held.length
      }, sql.withTransaction)

      const erase = Effect.fn("Guests.erase")(function* (
        author: Author,
        phone: string,
        { dryRun } = { dryRun: false }
      ) {
        const of = sql`o.customer_phone = ${phone}`
        const counted = sql<{ done: number; open: number }>`
          SELECT count(*) FILTER (WHERE ${closed})::int AS done, count(*) FILTER (WHERE NOT ${closed})::int AS open
          FROM orders o WHERE ${isKnown} AND ${of}`
        if (!dryRun) {
          const erased = yield* inBatches(batch, forget(of, author))
          const [left] = yield* counted
          return { erased, waiting: (left?.open ?? 0) + (left?.done ?? 0) }
        }
        const [found] = yield* counted
        return { erased: found?.done ?? 0, waiting: found?.open ?? 0 }
      }, Effect.orDie)

      const prune = inBatches(batch, forget(sql`o.updated_at < now() - make_interval(days => ${guestDays})`)).pipe(
        Effect.orDie,
        Effect.withSpan("Guests.prune")
      )

      return Guests.of({ list, erase, prune })
    })
  )
}

const guestOrderJson = jsonOf(GuestOrder, "o")
