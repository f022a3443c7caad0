import { Context, Effect, Layer, Schema } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import { Audit } from "../audit/Audit.ts"
import type { UserId } from "../auth/model.ts"
import { Events } from "../events/Events.ts"
import { insertEvent } from "../events/eventType.ts"
import { isForgotten } from "./eraseOrders.ts"
import { TooManyEdits } from "./errors.ts"
import { orderEdited, partMoved } from "./events.ts"
import {
  type Actor,
  EntryData,
  type EntryKind,
  OrderId,
  type OrderStatus,
  type PaymentMethod,
  type PaymentStatus,
  type SellerOrderId
} from "./model.ts"
import { amountColumns, amountsOf } from "./money.ts"
import { type PartState, paymentAfter, paymentOf, statusOf } from "./policy.ts"
import { settleGoods } from "./settleGoods.ts"

export type Part = PartState & { readonly id: SellerOrderId; readonly seller_id: UserId }

/** An order whose row this transaction has locked: nobody else moves any of its parts. */
export type Held = {
  readonly id: string
  readonly user_id: UserId | null
  readonly tracking_token_hash: Uint8Array | null
  readonly payment_method: PaymentMethod
  readonly status: OrderStatus
  /** Who made it was erased: no words about them are written any more. */
  readonly forgotten: boolean
  readonly parts: ReadonlyArray<Part>
}

/** Who does something to an order, and what they say about it. */
export type By = {
  readonly actor: Actor
  readonly actor_id: UserId | null
  readonly note?: string | null | undefined
}

export type Move = By & {
  readonly order: Held
  /** All in `from`, which may lead to `to`. */
  readonly parts: ReadonlyArray<Part>
  readonly to: OrderStatus
  /** `expired`: nobody moved it, time did. */
  readonly kind?: Extract<EntryKind, "moved" | "expired">
  readonly tracking_number?: string | undefined
}

export type Entry = By & {
  readonly order: Held
  /** None: it is about the whole order. */
  readonly parts: ReadonlyArray<Part>
  readonly kind: Extract<EntryKind, "edited" | "tracked">
  readonly data: EntryData
}

/**
 * The one place where an order changes state. Everything here runs in the caller's transaction, and locks in one order:
 * the order, its parts, skus by id, products by id.
 */
export class Transitions extends Context.Service<
  Transitions,
  {
    /** Locks an order; undefined when there is none. */
    readonly hold: (order: string) => Effect.Effect<Held | undefined, SqlError.SqlError>
    /** Moves parts of a held order, with all that follows: stock, sold counts, money, payment, the order's own state. */
    readonly move: (move: Move) => Effect.Effect<void, SqlError.SqlError>
    /** Writes a change that is no move on the timeline. There is an end to how often an order is edited. */
    readonly note: (entry: Entry) => Effect.Effect<void, TooManyEdits | SqlError.SqlError>
  }
>()("zst/orders/Transitions") {
  static readonly layer = Layer.effect(
    Transitions,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const audit = yield* Audit
      const events = yield* Events

      const hold = Effect.fn("Transitions.hold")(function* (id: string) {
        const [order] = yield* sql<Omit<Held, "parts">>`
          SELECT id, user_id, tracking_token_hash, payment_method, status, ${sql.literal(isForgotten)} AS forgotten
          FROM orders o WHERE id = ${id} FOR NO KEY UPDATE`
        if (order === undefined) return undefined
        const parts = yield* sql<Part>`
          SELECT id, seller_id, status, payment_status FROM seller_orders WHERE order_id = ${order.id} ORDER BY id`
        return { ...order, parts }
      })

      const setParts = Effect.fnUntraced(function* (
        moves: ReadonlyArray<Part & { readonly payment: PaymentStatus }>,
        to: OrderStatus,
        tracking: string | undefined
      ) {
        const moved = yield* sql`
          UPDATE seller_orders so
          SET status = ${to}, payment_status = m.payment, tracking_number = coalesce(${tracking ?? null}, tracking_number),
            delivery_date = CASE WHEN ${to} = 'delivered' THEN clock_timestamp() END,
            updated_at = clock_timestamp()
          FROM unnest(${moves.map(({ id }) => id)}::uuid[], ${moves.map(({ status }) => status)}::text[],
            ${moves.map(({ payment }) => payment)}::text[]) AS m (id, status, payment)
          WHERE so.id = m.id AND so.status = m.status RETURNING so.id`
        if (moved.length !== moves.length) return yield* Effect.die("A part moved although its order was locked")
      })

      const insertMoves = ({ order, parts, to, kind = "moved", actor, actor_id, note }: Move) => sql`
        WITH moved AS (
        INSERT INTO order_events (id, order_id, seller_order_id, kind, from_status, to_status, actor, actor_id, note, created_at)
        SELECT uuidv7(), ${order.id}::uuid, m.part, ${kind}::text, m.status, ${to}::text, ${actor}::text,
          ${actor_id}::uuid, ${saidOf(order, note)}::text, clock_timestamp()
        FROM unnest(${parts.map(({ id }) => id)}::uuid[], ${parts.map(({ status }) => status)}::text[]) AS m (part, status)
          RETURNING seller_order_id, from_status, to_status
        )
        ${sql.literal(toldMoved)}`

      const setOrder = (order: Held, parts: ReadonlyArray<PartState>) => {
        const status = statusOf(parts)
        return sql`
          UPDATE orders o SET status = ${status}, payment_status = ${paymentOf(parts)},
            (delivery_date, ${sql.literal(amountColumns)}) = (
              SELECT CASE WHEN ${status} = 'delivered' THEN max(so.delivery_date) FILTER (WHERE so.status = 'delivered') END,
                ${sql.literal(amountsOf("so"))}
              FROM seller_orders so WHERE so.order_id = o.id
            ),
            updated_at = clock_timestamp()
          WHERE id = ${order.id}`
      }

      const move = Effect.fn("Transitions.move")(function* (move: Move) {
        const { order, parts, to, actor, actor_id, note } = move
        const moves = parts.map((part) => ({
          ...part,
          payment: paymentAfter(order.payment_method, part.payment_status, to)
        }))
        yield* setParts(moves, to, move.tracking_number)
        yield* settleGoods(sql, move)
        yield* insertMoves(move)
        yield* events.told(partMoved)
        const after = order.parts.map((part): PartState => {
          const moved = moves.find(({ id }) => id === part.id)
          return moved === undefined ? part : { status: to, payment_status: moved.payment }
        })
        yield* setOrder(order, after)
        if (actor !== "admin") return
        const before = { parts: parts.map(({ id, status }) => ({ id, status })) }
        const become = { parts: parts.map(({ id }) => ({ id, status: to })) }
        const entry = { action: "order.move", ...subjectOf(order), before, after: become } as const
        yield* audit.record({ id: actor_id, name: "admin" }, { ...entry, reason: saidOf(order, note) })
      })

      const note = Effect.fn("Transitions.note")(function* ({
        order,
        parts,
        kind,
        data,
        actor,
        actor_id,
        note
      }: Entry) {
        const [part] = parts
        const edits = yield* sql`
          SELECT FROM order_events WHERE order_id = ${order.id} AND kind = ${kind}
            AND seller_order_id IS NOT DISTINCT FROM ${part?.id ?? null}::uuid LIMIT ${mostEdits}`
        if (edits.length === mostEdits) return yield* new TooManyEdits({ most: mostEdits })
        yield* sql`
          INSERT INTO order_events (id, order_id, seller_order_id, kind, actor, actor_id, data, note, created_at)
          VALUES (uuidv7(), ${order.id}, ${part?.id ?? null}, ${kind}, ${actor}, ${actor_id}, ${encodeData(data)}::text::jsonb,
            ${saidOf(order, note)}, clock_timestamp())`
        if (kind === "edited") {
          yield* events.emit(
            orderEdited,
            { id: OrderId.make(order.id), fields: data.fields ?? [] },
            { entity: order.id }
          )
        }
        // Where to deliver is the customer's own: the log says that it changed, and not to what.
        if (actor !== "admin") return
        const entry = { action: "order.update", ...subjectOf(order), before: null, after: data } as const
        yield* audit.record({ id: actor_id, name: "admin" }, { ...entry, reason: saidOf(order, note) })
      })

      return Transitions.of({ hold, move, note })
    })
  )
}

/** Of an order's delivery, and of a part's parcel number: a customer uses up nothing of the shop's. */
const mostEdits = 100

/** Read under the order's lock, which its erasure holds too: no words come after it. */
const saidOf = ({ forgotten }: Held, note: string | null | undefined) => (forgotten ? null : (note ?? null))

const subjectOf = ({ id, user_id }: Held) => ({ subject_id: id, about: user_id })

const toldMoved = insertEvent(partMoved, {
  entity: "so.order_id",
  payload: {
    order_id: "so.order_id",
    seller_order_id: "so.id",
    seller_id: "so.seller_id",
    user_id: "o.user_id",
    from: "m.from_status",
    to: "m.to_status",
    total: "so.total"
  },
  from: "moved m JOIN seller_orders so ON so.id = m.seller_order_id JOIN orders o ON o.id = so.order_id"
})

const encodeData = Schema.encodeSync(Schema.fromJsonString(EntryData))
