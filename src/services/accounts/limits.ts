import { byUser, days, type Limit } from "../limits.ts"

export const limits: ReadonlyArray<Limit> = [
  // Each closes or opens all that a shop has, and takes as long.
  { name: "departures", limit: 10, window: 1 * days, counts: "requests", key: byUser }
]
