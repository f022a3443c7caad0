import { Context } from "effect"

/** The names of the limits of an endpoint that the middleware RateLimits is on, as its domain declares them. */
export const Limits = Context.Reference<ReadonlyArray<string>>("zst/Limits", { defaultValue: () => [] })
