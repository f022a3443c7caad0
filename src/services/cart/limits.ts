import { byGuest, hours, type Limit } from "../limits.ts"

export const limits: ReadonlyArray<Limit> = [
  // What an address that has no account may leave behind. Many phones share one.
  {
    name: "cart-guests",
    limit: 3000,
    window: 1 * hours,
    counts: "requests",
    key: byGuest
  }
]
