import { Context, Effect, Layer } from "effect"
import { SqlClient, type Statement } from "effect/sql"
import type { AccountClosed } from "../auth/errors.ts"
import type { Caller, UserId } from "../auth/model.ts"
import { People } from "../auth/People.ts"
import { Forbidden, invalidField, type ValidationFailed } from "../errors.ts"
import { makeList, type Page } from "../list.ts"
import { isUuid } from "../model.ts"
import { type Expected, type PreconditionFailed, requireVersion } from "../precondition.ts"
import { newestFirst } from "../rowOrder.ts"
import { likePattern } from "../sql.ts"
import { type Encoded, readFirst } from "../wire.ts"
import { numberOf } from "./credentials.ts"
import { IllegalTransition, OrderNotFound } from "./errors.ts"
import { type Held, Movements, type Part } from "./Movements.ts"
import type { ListedSellerOrder, ListSellerOrders, MoveSellerOrder, SellerOrder } from "./model.ts"
import { listedSellerOrderJson, sellerOrderJson } from "./orderSql.ts"
import { mayFulfil, mayHaveTracking, mayMove, nextStatuses } from "./policy.ts"

type Known = { readonly id: string; readonly order_id: string; readonly seller_id: UserId }

/** What a seller sees and does of the orders that it fulfils. */
export class SellerOrders extends Context.Service<
  SellerOrders,
  {
    readonly list: (
      caller: Caller,
      query: ListSellerOrders
    ) => Effect.Effect<Page<ListedSellerOrder>, Forbidden | ValidationFailed>
    /** By its own id, or by the order's id or number: the caller's part of it. */
    readonly get: (caller: Caller, id: string) => Effect.Effect<Encoded<SellerOrder>, OrderNotFound>
    /** Moves it along the state machine. Moved to where it is, it stays as it is. */
    readonly move: (
      caller: Caller,
      id: string,
      input: MoveSellerOrder,
      expected?: Expected
    ) => Effect.Effect<
      Encoded<SellerOrder>,
      AccountClosed | OrderNotFound | IllegalTransition | PreconditionFailed | ValidationFailed
    >
  }
>()("zst/orders/SellerOrders") {
  static readonly layer = Layer.effect(
    SellerOrders,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const movements = yield* Movements
      const people = yield* People
      const parts = yield* makeList({
        name: "seller_orders",
        from: "seller_orders so",
        alias: "so",
        joins: "JOIN orders o ON o.id = so.order_id"
      })

      const list = Effect.fn("SellerOrders.list")(function* (caller: Caller, query: ListSellerOrders) {
        if (caller.role !== "seller" && caller.role !== "admin") {
          return yield* new Forbidden({ reason: "Only sellers have orders to fulfil." })
        }
        return yield* parts.page({
          query,
          order: newestFirst("so"),
          where: sql.and([sql`so.seller_id = ${caller.id}`, ...conditions(sql, query)]),
          json: listedSellerOrderJson
        })
      })

      const find = Effect.fnUntraced(function* (caller: Caller, id: string) {
        const number = numberOf(id)
        const condition = isUuid(id)
          ? sql`(so.id = ${id} OR (so.order_id = ${id} AND so.seller_id = ${caller.id}))`
          : number && sql`o.number = ${number} AND so.seller_id = ${caller.id}`
        const [part] = condition
          ? yield* sql<Known>`
              SELECT so.id, so.order_id, so.seller_id
              FROM seller_orders so JOIN orders o ON o.id = so.order_id WHERE ${condition}`
          : []
        if (part === undefined || !mayFulfil(caller, part.seller_id)) return yield* new OrderNotFound()
        return part
      })

      const read = (id: string) =>
        readFirst(
          sellerOrderJson,
          (json) => sql`
            SELECT ${json} FROM seller_orders so JOIN orders o ON o.id = so.order_id WHERE so.id = ${id}`,
          () => new OrderNotFound()
        )

      const get = Effect.fn("SellerOrders.get")(
        function* (caller: Caller, id: string) {
          const part = yield* find(caller, id)
          return yield* read(part.id)
        },
        Effect.catchTag("SqlError", Effect.die)
      )

      const setTracking = Effect.fnUntraced(function* (order: Held, part: Part, number: string, by: By) {
        const changed = yield* sql`
          UPDATE seller_orders SET tracking_number = ${number}, updated_at = clock_timestamp()
          WHERE id = ${part.id} AND tracking_number IS DISTINCT FROM ${number} RETURNING id`
        if (changed.length === 0) return
        yield* movements.note({ order, parts: [part], to: part.status, ...by, note: `Tracking number: ${number}` })
      })

      const move = Effect.fn("SellerOrders.move")(
        function* (
          caller: Caller,
          id: string,
          { status: to, tracking_number, note }: MoveSellerOrder,
          expected?: Expected
        ) {
          const mover = yield* people.hold(caller.id, "use")
          const { order_id, id: part_id } = yield* find(mover, id)
          if (tracking_number != null && !mayHaveTracking(to)) {
            return yield* invalidField("tracking_number", "A tracking number comes with shipped")
          }
          const order = yield* movements.hold(order_id)
          const part = order?.parts.find((candidate) => candidate.id === part_id)
          if (order === undefined || part === undefined) return yield* new OrderNotFound()
          yield* requireVersion(expected, read(part.id))
          const by: By = { actor: mover.role === "admin" ? "admin" : "seller", actor_id: caller.id }
          if (part.status === to) {
            if (tracking_number != null) yield* setTracking(order, part, tracking_number, by)
            return yield* read(part.id)
          }
          if (!mayMove(part.status, to)) {
            return yield* new IllegalTransition({
              details: [{ from: part.status, to, allowed: nextStatuses(part.status) }]
            })
          }
          yield* movements.move({
            order,
            parts: [part],
            to,
            tracking_number: tracking_number ?? undefined,
            ...by,
            note: note ?? null
          })
          return yield* read(part.id)
        },
        sql.withTransaction,
        Effect.catchTag("SqlError", Effect.die)
      )

      return SellerOrders.of({ list, get, move })
    })
  )
}

type By = { readonly actor: "admin" | "seller"; readonly actor_id: UserId }

/** Days are Algerian days. */
const dayStart = (sql: SqlClient.SqlClient, date: string, plus: number) =>
  sql`((${date}::date + ${plus}::int)::timestamp AT TIME ZONE 'Africa/Algiers')`

const conditions = (sql: SqlClient.SqlClient, query: ListSellerOrders): ReadonlyArray<Statement.Fragment> => {
  const { status, payment_status, wilaya_code, from, to, search } = query
  const found: Array<Statement.Fragment> = []
  if (status !== undefined) found.push(sql`so.status = ${status}`)
  if (payment_status !== undefined) found.push(sql`so.payment_status = ${payment_status}`)
  if (from !== undefined) found.push(sql`so.created_at >= ${dayStart(sql, from, 0)}`)
  if (to !== undefined) found.push(sql`so.created_at < ${dayStart(sql, to, 1)}`)
  const ofOrder = [
    ...(wilaya_code === undefined ? [] : [sql`o.wilaya_code = ${wilaya_code}`]),
    ...(search === undefined ? [] : [matching(sql, search)])
  ]
  if (ofOrder.length > 0)
    found.push(sql`EXISTS (SELECT FROM orders o WHERE o.id = so.order_id AND ${sql.and(ofOrder)})`)
  return found
}

/** A phone is found by its digits, however they are grouped and with or without the leading zero. */
const matching = (sql: SqlClient.SqlClient, search: string) => {
  const digits = search.replace(/[\s.()-]/g, "").replace(/^(\+213|00213|0)/, "")
  const byPhone = /^\d{3,}$/.test(digits) ? [sql`o.customer_phone LIKE ${likePattern(digits)}`] : []
  return sql.or([
    sql`o.number LIKE upper(${likePattern(search)})`,
    sql`zst_fold(o.customer_name) LIKE zst_fold(${likePattern(search)})`,
    ...byPhone
  ])
}
