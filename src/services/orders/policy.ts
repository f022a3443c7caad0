/** Who may do what with an order, and how an order moves. Pure: the services call it, the tests read it as tables. */
import type { Caller, UserId } from "../auth/model.ts"
import type { Actor, OrderStatus, PaymentMethod, PaymentStatus } from "./model.ts"

/** What somebody is to an order. */
export type Relation = "admin" | "buyer" | "guest" | "seller" | "stranger"

export type Parties = {
  readonly user_id: UserId | null
  readonly seller_ids: ReadonlyArray<UserId>
}

/** `holdsToken`: the request came with the order's own token. The widest view that the caller has a right to wins. */
export const relationOf = (caller: Caller | undefined, order: Parties, holdsToken: boolean): Relation => {
  if (caller?.role === "admin") return "admin"
  if (caller !== undefined && caller.id === order.user_id) return "buyer"
  if (holdsToken) return "guest"
  if (caller?.role === "seller" && order.seller_ids.includes(caller.id)) return "seller"
  return "stranger"
}

/** Completes the address, or cancels. A seller moves its own part instead. */
export const mayChange = (relation: Relation) => relation === "admin" || relation === "buyer" || relation === "guest"

/** Reads and moves one seller's part. */
export const mayFulfil = (caller: Caller, sellerId: UserId) =>
  caller.role === "admin" || (caller.role === "seller" && caller.id === sellerId)

/** How the timeline names whoever changes an order. */
export const actorOf = (relation: Exclude<Relation, "stranger">): Actor =>
  relation === "buyer" ? "customer" : relation

/** Small shops ship what they confirmed without a step between. */
const next: Record<OrderStatus, ReadonlyArray<OrderStatus>> = {
  pending: ["confirmed", "cancelled"],
  confirmed: ["processing", "shipped", "cancelled"],
  processing: ["shipped", "cancelled"],
  shipped: ["delivered", "returned"],
  delivered: ["returned"],
  cancelled: [],
  returned: []
}

export const nextStatuses = (from: OrderStatus) => next[from]

export const mayMove = (from: OrderStatus, to: OrderStatus) => next[from].includes(to)

/** Nothing more will come of it. */
export const finished: ReadonlyArray<OrderStatus> = ["delivered", "cancelled", "returned"]

/** A parcel exists, so it can be followed. */
export const mayHaveTracking = (status: OrderStatus) =>
  status === "shipped" || status === "delivered" || status === "returned"

/** The goods are the shop's again. */
export const givesStockBack = (to: OrderStatus) => to === "cancelled" || to === "returned"

/** What a move adds to the number sold, per piece. */
export const soldBy = (from: OrderStatus, to: OrderStatus) => {
  if (to === "delivered") return 1
  return from === "delivered" ? -1 : 0
}

export const paymentAfter = (method: PaymentMethod, payment: PaymentStatus, to: OrderStatus): PaymentStatus => {
  if (to === "delivered" && method === "cod") return "paid"
  if (to !== "returned") return payment
  // What came back was paid and is given back, or was not taken.
  return payment === "paid" ? "refunded" : "failed"
}

export type PartState = { readonly status: OrderStatus; readonly payment_status: PaymentStatus }

const standing = <Part extends PartState>(parts: ReadonlyArray<Part>) =>
  parts.filter(({ status }) => status !== "cancelled")

/** Whose money counts: the parts that live; where none does, those that came back; where none did, all. As `money.ts`. */
export const counting = <Part extends PartState>(parts: ReadonlyArray<Part>): ReadonlyArray<Part> => {
  const live = standing(parts).filter(({ status }) => status !== "returned")
  return [live, standing(parts), parts].find(({ length }) => length > 0) ?? []
}

const progress: ReadonlyArray<OrderStatus> = ["pending", "confirmed", "processing", "shipped", "delivered", "returned"]

/** An order is where its least advanced part is. Cancelled parts do not count, unless there is no other. */
export const statusOf = (parts: ReadonlyArray<PartState>): OrderStatus =>
  progress.find((status) => standing(parts).some((part) => part.status === status)) ?? "cancelled"

/** Paid once every part that counts is. */
export const paymentOf = (parts: ReadonlyArray<PartState>): PaymentStatus => {
  const payments = counting(parts).map((part) => part.payment_status)
  if (payments.length === 0 || payments.includes("pending")) return "pending"
  if (payments.includes("failed")) return "failed"
  return payments.includes("paid") ? "paid" : "refunded"
}

/** The address is settled as soon as one shop has confirmed. */
export const isEditable = (parts: ReadonlyArray<PartState>) =>
  standing(parts).length > 0 && standing(parts).every(({ status }) => status === "pending")

/** The parts that keep an order from being cancelled whole. */
export const beyondCancelling = <Part extends PartState>(parts: ReadonlyArray<Part>) =>
  standing(parts).filter(({ status }) => !mayMove(status, "cancelled"))
