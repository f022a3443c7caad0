import { byUser, days, type Limit } from "../limits.ts"

export const limits: ReadonlyArray<Limit> = [
  // Each may hold 40 KB of text: nobody fills the disk in a day, and a shop that moves in needs no more.
  { name: "new-products", limit: 2000, window: 1 * days, counts: "requests", key: byUser }
]
