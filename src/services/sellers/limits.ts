import { days, type Limit } from "../limits.ts"

export const limits: ReadonlyArray<Limit> = [
  // An administrator reads each; one that is refused takes nothing.
  { name: "applications", limit: 10, window: 1 * days, counts: "requests" }
]
