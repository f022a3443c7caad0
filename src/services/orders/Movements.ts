import { Context, Effect, Layer } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import { Audit } from "../audit/Audit.ts"
import type { UserId } from "../auth/model.ts"
import type { Actor, OrderStatus, PaymentMethod, PaymentStatus, SellerOrderId } from "./model.ts"
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
  readonly parts: ReadonlyArray<Part>
}

export type Move = {
  readonly order: Held
  /** All in `from`, which may lead to `to`. */
  readonly parts: ReadonlyArray<Part>
  readonly to: OrderStatus
  readonly tracking_number?: string | undefined
  readonly actor: Actor
  readonly actor_id: UserId | null
  readonly note: string | null
}

/**
 * The one place where an order changes state. Everything here runs in the caller's transaction, and locks in one order:
 * the order, its parts, skus by id, products by id.
 */
export class Movements extends Context.Service<
  Movements,
  {
    /** Locks an order; undefined when there is none. */
    readonly hold: (order: string) => Effect.Effect<Held | undefined, SqlError.SqlError>
    /** Moves parts of a held order, with all that follows: stock, sold counts, payment, the order's own state. */
    readonly move: (move: Move) => Effect.Effect<void, SqlError.SqlError>
    /** Writes a change that is no move on the timeline. */
    readonly note: (entry: Omit<Move, "tracking_number">) => Effect.Effect<void, SqlError.SqlError>
  }
>()("zst/orders/Movements") {
  static readonly layer = Layer.effect(
    Movements,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const audit = yield* Audit

      const hold = Effect.fn("Movements.hold")(function* (id: string) {
        const [order] = yield* sql<Omit<Held, "parts">>`
          SELECT id, user_id, tracking_token_hash, payment_method, status FROM orders WHERE id = ${id}
          FOR NO KEY UPDATE`
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
            updated_at = clock_timestamp()
          FROM unnest(${moves.map(({ id }) => id)}::uuid[], ${moves.map(({ status }) => status)}::text[],
            ${moves.map(({ payment }) => payment)}::text[]) AS m (id, status, payment)
          WHERE so.id = m.id AND so.status = m.status RETURNING so.id`
        if (moved.length !== moves.length) return yield* Effect.die("A part moved although its order was locked")
      })

      // Where to deliver is the customer's own: the log says that it changed, and not to what.
      const audited = ({ order, parts, to, actor, actor_id, note: reason }: Omit<Move, "tracking_number">) => {
        if (actor !== "admin") return Effect.void
        const before = parts.map(({ id, status }) => ({ id, status }))
        const after = parts.map(({ id }) => ({ id, status: to }))
        return audit.record(
          { id: actor_id, name: "admin" },
          parts.length === 0
            ? { action: "order.update", subject_id: order.id, before: null, after: null, reason }
            : { action: "order.move", subject_id: order.id, before: { parts: before }, after: { parts: after }, reason }
        )
      }

      const insertEvents = ({ order, parts, to, actor, actor_id, note: text }: Omit<Move, "tracking_number">) => sql`
          INSERT INTO order_events (id, order_id, seller_order_id, status, actor, actor_id, note, created_at)
          SELECT uuidv7(), ${order.id}::uuid, part, ${to}::text, ${actor}::text, ${actor_id}::uuid, ${text}::text,
            clock_timestamp()
          FROM ${
            parts.length === 0
              ? sql`(SELECT NULL::uuid) AS whole (part)`
              : sql`unnest(${parts.map(({ id }) => id)}::uuid[]) AS part`
          }`

      const note = Effect.fn("Movements.note")((entry: Omit<Move, "tracking_number">) =>
        Effect.andThen(insertEvents(entry), audited(entry))
      )

      const setOrder = (order: Held, parts: ReadonlyArray<PartState>) => sql`
        UPDATE orders SET status = ${statusOf(parts)}, payment_status = ${paymentOf(parts)},
          updated_at = clock_timestamp() WHERE id = ${order.id}`

      const move = Effect.fn("Movements.move")(function* (move: Move) {
        const { order, parts, to } = move
        const moves = parts.map((part) => ({
          ...part,
          payment: paymentAfter(order.payment_method, part.payment_status, to)
        }))
        yield* setParts(moves, to, move.tracking_number)
        yield* settleGoods(sql, move)
        yield* note(move)
        const after = order.parts.map((part): PartState => {
          const moved = moves.find(({ id }) => id === part.id)
          return moved === undefined ? part : { status: to, payment_status: moved.payment }
        })
        yield* setOrder(order, after)
      })

      return Movements.of({ hold, move, note })
    })
  )
}
