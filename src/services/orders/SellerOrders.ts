import { Context, Effect, Layer } from "effect"
import { SqlClient, type Statement } from "effect/sql"
import type { AccountClosed } from "../auth/errors.ts"
import type { Caller, UserId } from "../auth/model.ts"
import { People } from "../auth/People.ts"
import { Wilayas } from "../delivery/Wilayas.ts"
import { Forbidden, invalidField, type ValidationFailed } from "../errors.ts"
import { makeList, type Page, searched } from "../list.ts"
import { isUuid } from "../model.ts"
import { type Expected, type PreconditionFailed, requireVersion } from "../precondition.ts"
import { newestFirst } from "../rowOrder.ts"
import { sqlOrDie } from "../sql.ts"
import { partOfMobile } from "../text.ts"
import { type Encoded, readAll, readFirst } from "../wire.ts"
import { hasWords, wordsIn } from "../words.ts"
import { InvalidStatusTransition, OrderNotFound, type TooManyEdits } from "./errors.ts"
import type { ListedSellerOrder, SellerOrder } from "./model.ts"
import { numberOf, partOfNumber } from "./orderNumber.ts"
import { listedSellerOrderJson, sellerOrderJson } from "./orderSql.ts"
import { mayFulfil, mayHaveTracking, mayMove, nextStatuses } from "./policy.ts"
import type { ListSellerOrders, MoveSellerOrder } from "./requests.ts"
import { type By, type Held, type Part, Transitions } from "./Transitions.ts"

type Known = { readonly id: string; readonly order_id: string; readonly seller_id: UserId }

/** What a seller sees and does of the orders that it fulfils. */
export class SellerOrders extends Context.Service<
  SellerOrders,
  {
    readonly list: (
      caller: Caller,
      query: ListSellerOrders
    ) => Effect.Effect<Page<ListedSellerOrder>, Forbidden | ValidationFailed>
    /** The ten newest. */
    readonly recent: (caller: Caller) => Effect.Effect<Encoded<ReadonlyArray<ListedSellerOrder>>, Forbidden>
    /** By its own id, or by the order's id or number: the caller's part of it. */
    readonly get: (caller: Caller, id: string) => Effect.Effect<Encoded<SellerOrder>, OrderNotFound>
    /** Moves it along the state machine. Moved to where it is, it stays as it is, and takes no note but its own. */
    readonly move: (
      caller: Caller,
      id: string,
      input: MoveSellerOrder,
      expected?: Expected
    ) => Effect.Effect<
      Encoded<SellerOrder>,
      AccountClosed | OrderNotFound | InvalidStatusTransition | TooManyEdits | PreconditionFailed | ValidationFailed
    >
  }
>()("zst/orders/SellerOrders") {
  static readonly layer = Layer.effect(
    SellerOrders,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const transitions = yield* Transitions
      const wilayas = yield* Wilayas
      const people = yield* People
      const parts = yield* makeList({
        uneven: true,
        name: "seller_orders",
        from: "seller_orders so",
        alias: "so",
        joins: "JOIN orders o ON o.id = so.order_id"
      })

      const list = Effect.fn("SellerOrders.list")(function* (caller: Caller, query: ListSellerOrders) {
        yield* sellersOnly(caller)
        const { customer_wilaya: name } = query
        const wilaya = name === undefined ? undefined : (yield* wilayas.named(name, "customer_wilaya")).code
        const search = query.search === undefined ? undefined : yield* matching(sql, query.search)
        const where = sql.and([sql`so.seller_id = ${caller.id}`, ...conditions(sql, query, wilaya, search)])
        return yield* parts.page({
          query,
          order: newestFirst("so"),
          where,
          json: listedSellerOrderJson,
          found: search && { most: searched }
        })
      })

      const recent = Effect.fn("SellerOrders.recent")(function* (caller: Caller) {
        yield* sellersOnly(caller)
        return yield* readAll(
          listedSellerOrderJson,
          (json) => sql`
              SELECT ${json} FROM seller_orders so JOIN orders o ON o.id = so.order_id
              WHERE so.seller_id = ${caller.id} ORDER BY so.created_at DESC, so.id DESC LIMIT 10`
        )
      }, sqlOrDie)

      const find = Effect.fnUntraced(function* (caller: Caller, id: string) {
        const number = numberOf(id)
        const condition = isUuid(id)
          ? sql`(so.id = ${id} OR (so.order_id = ${id} AND so.seller_id = ${caller.id}))`
          : number && sql`o.order_number = ${number} AND so.seller_id = ${caller.id}`
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

      const get = Effect.fn("SellerOrders.get")(function* (caller: Caller, id: string) {
        const part = yield* find(caller, id)
        return yield* read(part.id)
      }, sqlOrDie)

      const setTracking = Effect.fnUntraced(function* (order: Held, part: Part, number: string, by: By) {
        const changed = yield* sql`
          UPDATE seller_orders SET tracking_number = ${number}, updated_at = clock_timestamp()
          WHERE id = ${part.id} AND tracking_number IS DISTINCT FROM ${number} RETURNING id`
        if (changed.length === 0) return false
        // Something happened to the order as well, which is not abandoned then.
        yield* sql`UPDATE orders SET updated_at = clock_timestamp() WHERE id = ${order.id}`
        yield* transitions.note({ order, parts: [part], kind: "tracked", data: { tracking_number: number }, ...by })
        return true
      })

      // A request that is sent again has its note already; any other would be lost.
      const requireNoted = Effect.fnUntraced(function* ({ forgotten }: Held, part: Part, note: string) {
        const noted = yield* sql`
          SELECT FROM order_events WHERE seller_order_id = ${part.id} AND note = ${note} LIMIT 1`
        if (forgotten || noted.length > 0) return
        return yield* invalidField("note", `It is ${part.status} already: a note comes with a change`)
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
          const order = yield* transitions.hold(order_id)
          const part = order?.parts.find((candidate) => candidate.id === part_id)
          if (order === undefined || part === undefined) return yield* new OrderNotFound()
          yield* requireVersion(expected, read(part.id))
          const by: By = { actor: mover.role === "admin" ? "admin" : "seller", actor_id: caller.id }
          if (part.status === to) {
            const tracked =
              tracking_number != null && (yield* setTracking(order, part, tracking_number, { ...by, note }))
            if (!tracked && note != null) yield* requireNoted(order, part, note)
            return yield* read(part.id)
          }
          if (!mayMove(part.status, to)) {
            return yield* new InvalidStatusTransition({
              details: [{ from: part.status, to, allowed: nextStatuses(part.status) }]
            })
          }
          yield* transitions.move({
            order,
            parts: [part],
            to,
            tracking_number: tracking_number ?? undefined,
            ...by,
            note
          })
          return yield* read(part.id)
        },
        sql.withTransaction,
        sqlOrDie
      )

      return SellerOrders.of({ list, recent, get, move })
    })
  )
}

const sellersOnly = ({ role }: Caller) =>
  role === "seller" ? Effect.void : Effect.fail(new Forbidden({ reason: "Only sellers have orders to fulfil." }))

/** Days are Algerian days. */
const dayStart = (sql: SqlClient.SqlClient, date: string, plus: number) =>
  sql`((${date}::date + ${plus}::int)::timestamp AT TIME ZONE 'Africa/Algiers')`

const conditions = (
  sql: SqlClient.SqlClient,
  query: ListSellerOrders,
  wilaya: number | undefined,
  search: Statement.Fragment | undefined
): ReadonlyArray<Statement.Fragment> => {
  const { status, payment_status, date_from, date_to } = query
  const found: Array<Statement.Fragment> = []
  if (status !== undefined) found.push(sql`so.status = ${status}`)
  if (payment_status !== undefined) found.push(sql`so.payment_status = ${payment_status}`)
  if (date_from !== undefined) found.push(sql`so.created_at >= ${dayStart(sql, date_from, 0)}`)
  if (date_to !== undefined) found.push(sql`so.created_at < ${dayStart(sql, date_to, 1)}`)
  const ofOrder = [
    ...(wilaya === undefined ? [] : [sql`o.customer_wilaya_code = ${wilaya}`]),
    ...(search === undefined ? [] : [search])
  ]
  if (ofOrder.length > 0)
    found.push(sql`EXISTS (SELECT FROM orders o WHERE o.id = so.order_id AND ${sql.and(ofOrder)})`)
  return found
}

/** Numbers and phones are found by what people write of them, however it is grouped. */
const matching = Effect.fnUntraced(function* (sql: SqlClient.SqlClient, search: string) {
  const meant = [search, partOfNumber(search), partOfMobile(search) ?? ""]
  const found = yield* Effect.forEach([...new Set(meant)], (text) => wordsIn(sql, text))
  return sql.or(found.map((words) => hasWords(sql, "o.search", words)))
})
