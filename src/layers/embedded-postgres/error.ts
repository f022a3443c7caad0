import { Schema } from "effect"

/** Its message is one line for the person at the terminal: what is wrong and what to do. */
export class EmbeddedPostgresError extends Schema.TaggedError<EmbeddedPostgresError>()("EmbeddedPostgresError", {
  message: Schema.String
}) {}
