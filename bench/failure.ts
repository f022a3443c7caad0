import { Schema } from "effect"

/** Why the benchmarks stop: one line for the person who started them. */
export class BenchFailed extends Schema.TaggedError<BenchFailed>()("BenchFailed", { message: Schema.String }) {}

/** Why one row cannot be measured here; the others can. */
export class NotMeasured extends Schema.TaggedError<NotMeasured>()("NotMeasured", { message: Schema.String }) {}
