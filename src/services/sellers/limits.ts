import { byUser, days, type Limit } from "../limits.ts"

export const limits: ReadonlyArray<Limit> = [
  // An administrator reads each.
  { name: "applications", limit: 10, window: 1 * days, counts: "requests", key: byUser }
]
