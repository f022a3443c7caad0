import { Context, Effect, Layer, Schema } from "effect"
import { SqlClient, type SqlError, type Statement } from "effect/sql"
import type { UserId } from "../auth/model.ts"
import type { ValidationFailed } from "../errors.ts"
import { jsonOf, stored } from "../json.ts"
import { makeList, type Page } from "../list.ts"
import { newestFirst } from "../rowOrder.ts"
import { AuditActor, AuditEntry, type Author, type ListAudit, Values } from "./model.ts"

export type Entry = {
  /** What was done to what, such as `user.ban`: the word before the dot is the subject's type. */
  readonly action: `${string}.${string}`
  readonly subject_id: string
  /** The person whose it is, with whom all that was said goes; null: nobody's with an account. */
  readonly about: UserId | null
  /** The values that changed, and no others. */
  readonly before: typeof Values.Type
  readonly after: typeof Values.Type
  readonly reason?: string | null | undefined
}

export class Audit extends Context.Service<
  Audit,
  {
    /** Writes an entry in the caller's transaction: there is no administrative write without it. */
    readonly record: (author: Author, entry: Entry) => Effect.Effect<void, SqlError.SqlError>
    /** Empties what was said about these subjects, by whoever said it: who did what to them, and when, stays. */
    readonly forget: (subjects: ReadonlyArray<string>) => Effect.Effect<void, SqlError.SqlError>
    /** The same of everything that was this person's, whatever has become of it. */
    readonly forgetPerson: (user: UserId) => Effect.Effect<void, SqlError.SqlError>
    readonly list: (query: ListAudit) => Effect.Effect<Page<AuditEntry>, ValidationFailed>
  }
>()("zst/audit/Audit") {
  static readonly layer = Layer.effect(
    Audit,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const entries = yield* makeList({
        name: "audit_log",
        from: "audit_log a",
        alias: "a",
        joins: "LEFT JOIN users u ON u.id = a.actor_id"
      })

      const record = Effect.fn("Audit.record")(
        (author: Author, { action, subject_id, about, before, after, reason }: Entry) => sql`
          INSERT INTO audit_log
            (id, actor_id, actor, action, subject_type, subject_id, about, before, after, reason, created_at)
          VALUES (uuidv7(), ${author.id}::uuid, ${author.name}::text, ${action}::text,
            split_part(${action}::text, '.', 1), ${subject_id}::uuid, ${about}::uuid,
            ${encodeValues(before)}::text::jsonb, ${encodeValues(after)}::text::jsonb, ${reason ?? null}::text, clock_timestamp())`
      )

      const empty = (which: Statement.Fragment) => sql`
        UPDATE audit_log SET before = NULL, after = NULL, reason = NULL
        WHERE ${which} AND num_nonnulls(before, after, reason) > 0`

      const forget = Effect.fn("Audit.forget")((subjects: ReadonlyArray<string>) =>
        empty(sql`subject_id = ANY(${subjects}::uuid[])`)
      )

      const forgetPerson = Effect.fn("Audit.forgetPerson")((user: UserId) => empty(sql`about = ${user}`))

      const list = Effect.fn("Audit.list")(({ actor_id, subject_id, action, ...query }: ListAudit) =>
        entries.page({
          query,
          order: newestFirst("a"),
          where: sql.and([
            sql`true`,
            ...(actor_id === undefined ? [] : [sql`a.actor_id = ${actor_id}`]),
            ...(subject_id === undefined ? [] : [sql`a.subject_id = ${subject_id}`]),
            ...(action === undefined ? [] : [sql`a.action = ${action}`])
          ]),
          json: entryJson
        })
      )

      return Audit.of({ record, forget, forgetPerson, list })
    })
  )
}

const encodeValues = Schema.encodeSync(
  Schema.NullOr(Schema.fromJsonString(Schema.Record(Schema.String, Schema.Unknown)))
)

const entryJson = jsonOf(AuditEntry, "a", {
  actor: jsonOf(AuditActor, "a", { id: "a.actor_id", name: "coalesce(u.full_name, a.actor)" }),
  before: stored(Values, "a.before"),
  after: stored(Values, "a.after")
})
