import { Context } from "effect"

/** How long orders wait, and are kept with whoever made them, in days. */
export const Retention = Context.Reference<{
  /** A guest's name, phone and address, once the order is finished. */
  readonly guestDays: number
  /** A part that its shop has not confirmed. */
  readonly pendingDays: number
}>("zst/orders/Retention", { defaultValue: () => ({ guestDays: 365, pendingDays: 7 }) })
