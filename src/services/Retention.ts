import { Context } from "effect"

/** How long what is known of people is kept, in days. */
export const Retention = Context.Reference<{
  /** A guest's name, phone and address, once the order is closed. */
  readonly guestDays: number
  /** A guest's cart that is not changed. */
  readonly guestCartDays: number
  /** An order that was confirmed and not finished is closed when nothing has happened to it for so long. */
  readonly abandonedDays: number
}>("zst/Retention", { defaultValue: () => ({ guestDays: 365, guestCartDays: 30, abandonedDays: 90 }) })
