import { Context, Effect, Layer } from "effect"
import { SecureRandom } from "effect/crypto"
import { SqlClient } from "effect/sql"
import type { AccountClosed } from "../auth/errors.ts"
import type { UserId } from "../auth/model.ts"
import { People } from "../auth/People.ts"
import { deleted } from "../deleted.ts"
import { jsonOf } from "../json.ts"
import { locks } from "../locks.ts"
import { type Deleted, isUuid } from "../model.ts"
import { sqlOrDie } from "../sql.ts"
import { type Encoded, readAll, readFirst, type Written } from "../wire.ts"
import { PushTokenNotFound } from "./errors.ts"
import { PushToken, PushTokenId, type RegisterPushToken } from "./model.ts"
import { type Registered, settle } from "./policy.ts"

export class PushTokens extends Context.Service<
  PushTokens,
  {
    /** A user's devices as wire JSON, the one that registered last first. */
    readonly list: (user: UserId) => Effect.Effect<Encoded<ReadonlyArray<PushToken>>>
    /** From here on the token reaches this user alone, and the user's device has this token alone. */
    readonly register: (user: UserId, input: RegisterPushToken) => Effect.Effect<Written<PushToken>, AccountClosed>
    readonly remove: (user: UserId, id: string) => Effect.Effect<Encoded<Deleted>, PushTokenNotFound | AccountClosed>
  }
>()("zst/notifications/PushTokens") {
  static readonly layer = Layer.effect(
    PushTokens,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const people = yield* People

      const list = Effect.fn("PushTokens.list")(
        (user: UserId) =>
          readAll(
            tokenJson,
            (json) => sql`
              SELECT ${json} FROM push_tokens t WHERE t.user_id = ${user} ORDER BY t.registered_at DESC, t.id DESC`
          ),
        Effect.orDie
      )

      // Locks, in this order: the token's name, the user, then rows by id. Two accounts that register a new token at
      // once take turns by the first; two that take over each other's, by the last.
      const hold = Effect.fnUntraced(function* (user: UserId, token: string) {
        yield* sql`SELECT pg_advisory_xact_lock(${locks.pushTokens}::int, hashtext(${token}))`
        yield* people.hold(user)
        return yield* sql<Registered>`
          SELECT id, user_id, push_token, device_id, registered_at FROM push_tokens
          WHERE push_token = ${token} OR user_id = ${user} ORDER BY id FOR UPDATE`
      })

      const insert = Effect.fnUntraced(function* (user: UserId, input: RegisterPushToken) {
        const id = PushTokenId.make(SecureRandom.uuidV7Unsafe())
        yield* sql`INSERT INTO push_tokens ${sql.insert({ id, user_id: user, ...input })}`
        return id
      })

      const renew = (id: PushTokenId, input: RegisterPushToken) =>
        Effect.as(sql`UPDATE push_tokens SET ${sql.update(input)}, registered_at = now() WHERE id = ${id}`, id)

      const register = Effect.fn("PushTokens.register")(
        function* (user: UserId, input: RegisterPushToken) {
          const { renewed, gone } = settle(yield* hold(user, input.push_token), user, input)
          yield* sql`DELETE FROM push_tokens WHERE id = ANY(${gone}::uuid[])`
          const id = yield* renewed === undefined ? insert(user, input) : renew(renewed.id, input)
          const data = yield* readFirst(
            tokenJson,
            (json) => sql`SELECT ${json} FROM push_tokens t WHERE t.id = ${id}`,
            () => Effect.die(`Push token ${id} vanished`)
          )
          return { created: renewed === undefined, data }
        },
        sql.withTransaction,
        sqlOrDie
      )

      const remove = Effect.fn("PushTokens.remove")(
        function* (user: UserId, id: string) {
          yield* people.hold(user)
          const [row] = isUuid(id)
            ? yield* sql<{ id: string }>`DELETE FROM push_tokens WHERE id = ${id} AND user_id = ${user} RETURNING id`
            : []
          return row === undefined ? yield* new PushTokenNotFound() : deleted(row.id)
        },
        sql.withTransaction,
        sqlOrDie
      )

      return PushTokens.of({ list, register, remove })
    })
  )
}

const tokenJson = jsonOf(PushToken, "t")
