import { days, type Limit } from "../limits.ts"

export const limits: ReadonlyArray<Limit> = [
  // Each closes all that a shop has, and takes as long. Who stays is kept from nothing.
  { name: "departures", limit: 10, window: 1 * days, counts: "requests" }
]
