import { Context, Effect, Layer } from "effect"
import { SqlClient, type Statement } from "effect/sql"
import type { AccountClosed } from "../auth/errors.ts"
import type { Caller, UserId } from "../auth/model.ts"
import { People } from "../auth/People.ts"
import { Wilayas } from "../delivery/Wilayas.ts"
import type { ValidationFailed } from "../errors.ts"
import { matches } from "../guestToken.ts"
import { makeList, type Page } from "../list.ts"
import { isUuid } from "../model.ts"
import { type Expected, type PreconditionFailed, requireVersion } from "../precondition.ts"
import { newestFirst } from "../rowOrder.ts"
import { changesOf, sqlOrDie } from "../sql.ts"
import { type Encoded, readFirst } from "../wire.ts"
import { OrderNotCancellable, OrderNotEditable, OrderNotFound } from "./errors.ts"
import type { ListedOrder, Order } from "./model.ts"
import { numberOf } from "./orderNumber.ts"
import { listedOrderJson, orderJson, orderJsonForSeller } from "./orderSql.ts"
import { actorOf, beyondCancelling, isEditable, mayChange, relationOf } from "./policy.ts"
import type { CancelOrder, ListOrders, TrackOrder, UpdateOrder } from "./requests.ts"
import { type Held, Transitions } from "./Transitions.ts"

/** Who asks for an order, and the token that came along. */
export type Access = {
  readonly caller: Caller | undefined
  readonly token: string | undefined
}

type Known = {
  readonly id: string
  readonly user_id: UserId | null
  readonly tracking_token_hash: Uint8Array | null
  readonly seller_ids: ReadonlyArray<UserId>
}

export class Orders extends Context.Service<
  Orders,
  {
    /** An order by id or number: whole for its buyer and administrators, a seller's part for that seller. */
    readonly get: (access: Access, idOrNumber: string) => Effect.Effect<Encoded<Order>, OrderNotFound>
    /** A guest's way in without the token. A wrong number and a wrong phone are answered alike. */
    readonly track: (query: TrackOrder) => Effect.Effect<Encoded<Order>, OrderNotFound>
    readonly list: (caller: Caller, query: ListOrders) => Effect.Effect<Page<ListedOrder>, ValidationFailed>
    /** Completes who and where to deliver to, until a shop confirms. */
    readonly update: (
      access: Access,
      idOrNumber: string,
      changes: UpdateOrder,
      expected?: Expected
    ) => Effect.Effect<
      Encoded<Order>,
      AccountClosed | OrderNotFound | OrderNotEditable | PreconditionFailed | ValidationFailed
    >
    /** Cancels every part, or nothing when one is on its way. Cancelled again, it stays as it is. */
    readonly cancel: (
      access: Access,
      idOrNumber: string,
      input: CancelOrder
    ) => Effect.Effect<Encoded<Order>, AccountClosed | OrderNotFound | OrderNotCancellable>
  }
>()("zst/orders/Orders") {
  static readonly layer = Layer.effect(
    Orders,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const transitions = yield* Transitions
      const wilayas = yield* Wilayas
      const people = yield* People
      const orders = yield* makeList({ name: "orders", from: "orders o", alias: "o" })

      const absent = () => new OrderNotFound()

      const read = (condition: Statement.Fragment) =>
        readFirst(orderJson, (json) => sql`SELECT ${json} FROM orders o WHERE ${condition}`, absent)

      const readForSeller = (order: string, seller: UserId) =>
        readFirst(
          orderJsonForSeller,
          (json) => sql`
            SELECT ${json} FROM orders o JOIN seller_orders so ON so.order_id = o.id
            WHERE o.id = ${order} AND so.seller_id = ${seller}`,
          absent
        )

      const identified = (idOrNumber: string): Statement.Fragment | undefined => {
        if (isUuid(idOrNumber)) return sql`o.id = ${idOrNumber}`
        const number = numberOf(idOrNumber)
        return number === undefined ? undefined : sql`o.order_number = ${number}`
      }

      const find = Effect.fnUntraced(function* (access: Access, idOrNumber: string) {
        const condition = identified(idOrNumber)
        const [order] = condition
          ? yield* sql<Known>`
              SELECT o.id, o.user_id, o.tracking_token_hash,
                ARRAY(SELECT seller_id FROM seller_orders WHERE order_id = o.id) AS seller_ids
              FROM orders o WHERE ${condition}`
          : []
        if (order === undefined) return yield* new OrderNotFound()
        return { id: order.id, relation: relationTo(access, order) }
      })

      const get = Effect.fn("Orders.get")(function* (access: Access, idOrNumber: string) {
        const { id, relation } = yield* find(access, idOrNumber)
        if (relation === "stranger") return yield* new OrderNotFound()
        return yield* relation === "seller" && access.caller !== undefined
          ? readForSeller(id, access.caller.id)
          : read(sql`o.id = ${id}`)
      }, sqlOrDie)

      const track = Effect.fn("Orders.track")(function* ({ number, phone }: TrackOrder) {
        // A number that can be nobody's takes the same way as one that is not this phone's.
        const known = numberOf(number) ?? ""
        return yield* read(sql`o.order_number = ${known} AND o.customer_phone = ${phone}`)
      }, sqlOrDie)

      const list = Effect.fn("Orders.list")((caller: Caller, query: ListOrders) =>
        orders.page({
          query,
          order: newestFirst("o"),
          where: sql.and([
            sql`o.user_id = ${caller.id}`,
            ...(query.status === undefined ? [] : [sql`o.status = ${query.status}`])
          ]),
          json: listedOrderJson
        })
      )

      // Finds, locks, then decides on what it reads under the lock.
      const hold = Effect.fnUntraced(function* (access: Access, idOrNumber: string) {
        const caller = access.caller && (yield* people.hold(access.caller.id, "use"))
        const { id, relation } = yield* find({ ...access, caller }, idOrNumber)
        const order = mayChange(relation) ? yield* transitions.hold(id) : undefined
        if (order === undefined || relation === "stranger") return yield* new OrderNotFound()
        const actor = actorOf(relation)
        return { order, actor, actor_id: actor === "guest" ? null : (access.caller?.id ?? null) }
      })

      /** A wilaya is kept with its code, and with its name of today. */
      const columnsOf = Effect.fnUntraced(function* ({ customer_wilaya: name, ...changes }: UpdateOrder) {
        if (name === undefined) return changes
        const wilaya = name === null ? undefined : yield* wilayas.named(name, "customer_wilaya")
        return {
          ...changes,
          customer_wilaya_code: wilaya?.code ?? null,
          customer_wilaya: wilaya?.name_fr ?? null
        }
      })

      const written = (order: Held) => read(sql`o.id = ${order.id}`)

      const update = Effect.fn("Orders.update")(
        function* (access: Access, idOrNumber: string, changes: UpdateOrder, expected?: Expected) {
          const { order, ...by } = yield* hold(access, idOrNumber)
          yield* requireVersion(expected, written(order))
          if (!isEditable(order.parts)) return yield* new OrderNotEditable()
          const fields = Object.keys(changes)
          if (fields.length > 0) {
            yield* sql`UPDATE orders SET ${changesOf(sql, yield* columnsOf(changes))} WHERE id = ${order.id}`
            yield* transitions.note({ order, parts: [], kind: "edited", data: { fields }, ...by })
          }
          return yield* written(order)
        },
        sql.withTransaction,
        sqlOrDie
      )

      const cancel = Effect.fn("Orders.cancel")(
        function* (access: Access, idOrNumber: string, { reason }: CancelOrder) {
          const { order, ...by } = yield* hold(access, idOrNumber)
          const beyond = beyondCancelling(order.parts)
          if (beyond.length > 0) {
            return yield* new OrderNotCancellable({
              details: beyond.map(({ id, status }) => ({ seller_order_id: id, status }))
            })
          }
          const parts = order.parts.filter(({ status }) => status !== "cancelled")
          if (parts.length > 0) yield* transitions.move({ order, parts, to: "cancelled", ...by, note: reason })
          return yield* written(order)
        },
        sql.withTransaction,
        sqlOrDie
      )

      return Orders.of({ get, track, list, update, cancel })
    })
  )
}

const relationTo = ({ caller, token }: Access, order: Known) =>
  relationOf(caller, order, matches(token, order.tracking_token_hash))
