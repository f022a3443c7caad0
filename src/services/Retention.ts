import { Context } from "effect"

/** How long things wait, and what guests leave is kept, in days. */
export const Retention = Context.Reference<{
  /** A guest's name, phone and address, once the order is finished. */
  readonly guestDays: number
  /** A guest's cart that is not changed. */
  readonly guestCartDays: number
  /** A part of an order that its shop has not confirmed. */
  readonly pendingDays: number
}>("zst/Retention", { defaultValue: () => ({ guestDays: 365, guestCartDays: 30, pendingDays: 7 }) })
