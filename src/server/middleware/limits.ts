import { Context, Duration } from "effect"
import { longPatience } from "../../services/patience.ts"

/** The names of the limits of an endpoint that the middleware RateLimits is on, as its domain declares them. */
export const Limits = Context.Reference<ReadonlyArray<string>>("zst/Limits", { defaultValue: () => [] })

/** How many seconds an endpoint has for its answer; uploads have as long as they come. */
export const Budget = Context.Reference<number>("zst/Budget", { defaultValue: () => 5 })

/** That of what looks at a file which was uploaded before, or closes or opens a shop. */
export const longBudget = Duration.toSeconds(longPatience)

/**
 * Whether its transactions, that of its key too, may take as long as the answer: it puts all products of a shop on sale or
 * takes them off.
 */
export const Patient = Context.Reference<boolean>("zst/Patient", { defaultValue: () => false })
