import { days, type Limit } from "../limits.ts"

/** What is done is kept for a day with its answer, and counts for each 16 KB of it. Who has no account shares an address with others. */
export const limits: ReadonlyArray<Limit> = [
  { name: "keys", limit: 5000, window: 1 * days, counts: "requests" },
  { name: "guest-keys", limit: 20_000, window: 1 * days, counts: "requests" }
]
