import { byUser, days, type Limit } from "../limits.ts"

export const limits: ReadonlyArray<Limit> = [
  // Each may hold 20 KB of text: nobody fills the disk in a day, and a shop that moves in needs no more. What is refused
  // takes nothing.
  { name: "new-products", limit: 2000, window: 1 * days, counts: "requests" },
  // Of one variant or of all of a product, 100 at most: each is a movement that stays, with its note.
  { name: "recounts", limit: 2000, window: 1 * days, counts: "requests" },
  // Each tells events, which are kept for a month, and makes whatever was kept of the catalogue old: a shop may set all
  // its prices anew each night.
  { name: "product-changes", limit: 20_000, window: 1 * days, counts: "requests", key: byUser }
]
