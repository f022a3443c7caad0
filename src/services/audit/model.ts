import { Schema } from "effect"
import type { UserId } from "../auth/model.ts"
import { Instant, pageQuery, Text } from "../model.ts"

/** Who makes an administrative write: an administrator over the API, or an operator at the command line (no id). */
export type Author = { readonly id: UserId | null; readonly name: string }

export const Values = Schema.NullOr(Schema.Record(Schema.String, Schema.Unknown))

export const AuditEntry = Schema.Struct({
  id: Schema.String,
  actor: Schema.Struct({ id: Schema.NullOr(Schema.String), name: Schema.String }),
  action: Schema.String.annotate({ description: "What was done, such as user.ban" }),
  subject_type: Schema.String,
  subject_id: Schema.String,
  before: Values.annotate({ description: "What changed, as it was; null when it came into being" }),
  after: Values.annotate({ description: "The same, as it is; null when it is gone" }),
  reason: Schema.NullOr(Schema.String),
  created_at: Instant
}).annotate({ identifier: "AuditEntry" })
export type AuditEntry = typeof AuditEntry.Type

const id = Schema.String.check(Schema.isUUID(undefined, { message: "Expected an id" }))

export const ListAudit = Schema.Struct({
  ...pageQuery,
  actor_id: Schema.optionalKey(id),
  subject_id: Schema.optionalKey(id),
  action: Schema.optionalKey(Text(60))
})
export type ListAudit = typeof ListAudit.Type
