import { Context, Effect, Layer, Result, Schema, SchemaIssue } from "effect"
import { SecureRandom } from "effect/crypto"
import { SqlClient } from "effect/sql"
import { ClerkId } from "../auth/claims.ts"
import { type ClerkUser, clerkProfileOf, clerkUserOf, decodeClerkUserJson } from "../auth/clerkUser.ts"
import { type UserId, WebhookReceipt } from "../auth/model.ts"
import { People } from "../auth/People.ts"
import type { WebhookMessage } from "../auth/WebhookVerifier.ts"
import { ShopProducts } from "../catalog/ShopProducts.ts"
import { ValidationFailed } from "../errors.ts"
import { Events } from "../events/Events.ts"
import { inBatches } from "../sql.ts"
import { type Encoded, encode } from "../wire.ts"
import { Avatars } from "./Avatars.ts"
import { makeCloseAccount } from "./closeAccount.ts"

/** Clerk's sender gives up on a message after 28 hours; a person may send one again within a week. */
const keptFor = "8 days"

const batch = 10_000

/** Follows what happens to users at Clerk. In whatever order and however often its messages come, the end is the same. */
export class ClerkEvents extends Context.Service<
  ClerkEvents,
  {
    /** Takes a verified message in. One that was taken before, or is about something else than users, changes nothing. */
    readonly receive: (message: WebhookMessage) => Effect.Effect<Encoded<WebhookReceipt>, ValidationFailed>
    /** Whether somebody with a shop is deleted. */
    readonly closesShop: (message: WebhookMessage) => Effect.Effect<boolean>
    /** Forgets the ids of messages that nobody sends any more. Says how many there were. */
    readonly prune: Effect.Effect<number>
  }
>()("zst/accounts/ClerkEvents") {
  static readonly layer = Layer.effect(
    ClerkEvents,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const people = yield* People
      const closeAccount = makeCloseAccount(sql, yield* ShopProducts, yield* Avatars, yield* Events)

      /** What Clerk said last stands in clerk_profile: a column that the user changed since is left as it is. */
      const merged = (column: "full_name" | "email" | "phone") => {
        const [ours, theirs] = [sql(`users.${column}`), sql(`excluded.${column}`)]
        return sql`${sql(column)} = CASE
          WHEN NOT users.clerk_profile ? ${column} THEN coalesce(${ours}, ${theirs})
          WHEN users.clerk_profile ->> ${column} IS DISTINCT FROM ${theirs} THEN ${theirs}
          ELSE ${ours} END`
      }

      // Two changes in one millisecond: which of them counts must not depend on which comes last.
      const save = ({ clerk_id, updated_at, ...said }: ClerkUser) => sql`
        INSERT INTO users ${sql.insert({
          id: SecureRandom.uuidV7Unsafe(),
          clerk_id,
          ...said.profile,
          clerk_profile: clerkProfileOf(said),
          clerk_updated_at: updated_at
        })}
        ON CONFLICT (clerk_id) DO UPDATE SET
          ${merged("full_name")}, ${merged("email")}, ${merged("phone")},
          clerk_profile = excluded.clerk_profile, clerk_updated_at = excluded.clerk_updated_at, updated_at = now()
        WHERE users.status <> 'deleted'
          AND (users.clerk_updated_at, users.clerk_profile::text COLLATE "C")
            < (excluded.clerk_updated_at, excluded.clerk_profile::text COLLATE "C")`

      /** Whoever is known is held first, like by anybody who changes them. */
      const of = Effect.fnUntraced(function* <A, E>(clerkId: string, change: Effect.Effect<A, E>) {
        const known = yield* sql<{ id: UserId }>`SELECT id FROM users WHERE clerk_id = ${clerkId}`
        yield* people.holdAll(
          known.map(({ id }) => id),
          "decide"
        )
        return yield* change
      })

      const effectOf = ({ type, data }: WebhookMessage) => {
        switch (type) {
          case "user.created":
          case "user.updated":
            return Result.map(decodeClerkUserJson(data), (user) => of(user.id, save(clerkUserOf(user))))
          case "user.deleted":
            return Result.map(decodeDeleted(data), ({ id }) => of(id, closeAccount(id)))
          default:
            return undefined
        }
      }

      const once = Effect.fnUntraced(
        function* <A, E>(id: string, effect: Effect.Effect<A, E>) {
          const taken = yield* sql`
            INSERT INTO webhook_messages (id) VALUES (${id}) ON CONFLICT (id) DO NOTHING RETURNING id`
          if (taken.length === 0) return false
          yield* effect
          return true
        },
        sql.withTransaction,
        Effect.orDie
      )

      const receive = Effect.fn("ClerkEvents.receive")(function* (message: WebhookMessage) {
        const effect = effectOf(message)
        if (effect === undefined) return receipt({ outcome: "ignored" })
        if (Result.isFailure(effect)) return yield* undecodable(effect.failure)
        return receipt({ outcome: (yield* once(message.id, effect.success)) ? "taken" : "repeated" })
      })

      const closesShop = Effect.fn("ClerkEvents.closesShop")(function* ({ data }: WebhookMessage) {
        const deleted = decodeDeleted(data)
        if (Result.isFailure(deleted)) return false
        const shops = yield* sql`
          SELECT FROM sellers s JOIN users u ON u.id = s.id WHERE u.clerk_id = ${deleted.success.id}`
        return shops.length > 0
      }, Effect.orDie)

      const pruneBatch = Effect.map(
        sql`
          DELETE FROM webhook_messages WHERE id IN (
            SELECT id FROM webhook_messages WHERE received_at < now() - ${keptFor}::interval LIMIT ${batch})
          RETURNING id`,
        ({ length }) => length
      )
      const prune = inBatches(batch, pruneBatch).pipe(Effect.orDie, Effect.withSpan("ClerkEvents.prune"))

      return ClerkEvents.of({ receive, closesShop, prune })
    })
  )
}

const receipt = encode(WebhookReceipt)

const decodeDeleted = Schema.decodeUnknownResult(Schema.Struct({ id: ClerkId }))

const format = SchemaIssue.makeFormatterStandardSchemaV1()

const undecodable = ({ issue }: Schema.SchemaError) =>
  new ValidationFailed({
    details: format(issue).issues.map(({ path, message }) => ({ field: ["data", ...(path ?? [])].join("."), message }))
  })
