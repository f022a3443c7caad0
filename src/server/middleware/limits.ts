import { Context } from "effect"

/** The names of the limits of an endpoint that the middleware RateLimits is on, as its domain declares them. */
export const Limits = Context.Reference<ReadonlyArray<string>>("zst/Limits", { defaultValue: () => [] })

/** How many seconds an endpoint has for its answer; uploads have as long as they come. */
export const Budget = Context.Reference<number>("zst/Budget", { defaultValue: () => 5 })

/** That of what looks at a file which was uploaded before, or puts all products of a shop on sale or takes them off. */
export const longBudget = 60
