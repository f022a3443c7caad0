import { Schema } from "effect"
import type { UserId } from "../auth/model.ts"
import { Instant, pageQuery, shown, Text, uuid } from "../model.ts"
import { shape } from "../shape.ts"

/** Who makes an administrative write: an administrator over the API, or an operator at the command line (no id). */
export type Author = { readonly id: UserId | null; readonly name: string }

export const Values = Schema.NullOr(Schema.Record(Schema.String, Schema.Unknown))

export const AuditActor = Schema.Struct({ id: Schema.NullOr(Schema.String), name: Schema.String })

export const AuditEntry = shape(
  "AuditEntry",
  {
    id: Schema.String,
    actor: AuditActor,
    action: Schema.String.annotate({ description: "What was done, such as user.ban" }),
    subject_type: Schema.String,
    subject_id: Schema.String,
    before: Values.annotate({ description: "What changed, as it was; null when it came into being" }),
    after: Values.annotate({ description: "The same, as it is; null when it is gone" }),
    reason: Schema.NullOr(Schema.String),
    created_at: Instant
  },
  {
    id: "0199e0a4-8888-7000-8000-000000000090",
    actor: { id: "0199e0a4-9999-7000-8000-000000000091", name: "Karim" },
    action: "user.ban",
    subject_type: "user",
    subject_id: "0199e0a4-5555-7000-8000-000000000060",
    before: { status: "active" },
    after: { status: "banned" },
    reason: "Sold what was not theirs",
    created_at: "2026-01-31T10:00:00.000Z"
  }
)
export type AuditEntry = typeof AuditEntry.Type

const id = shown(uuid(), "0199e0a4-0002-7000-8000-000000000020")

export const ListAudit = Schema.Struct({
  ...pageQuery,
  actor_id: Schema.optionalKey(id),
  subject_id: Schema.optionalKey(id),
  action: Schema.optionalKey(shown(Text(60), "user.ban"))
})
export type ListAudit = typeof ListAudit.Type
