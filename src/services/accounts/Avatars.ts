import { Context, Effect, Layer } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import type { AccountClosed } from "../auth/errors.ts"
import type { Caller, Me, UserId } from "../auth/model.ts"
import { People } from "../auth/People.ts"
import { Users } from "../auth/Users.ts"
import type { ValidationFailed } from "../errors.ts"
import type { ImageSource } from "../media/Images.ts"
import type { AttachPortrait } from "../media/model.ts"
import { type PictureRefused, Pictures } from "../media/Pictures.ts"
import { sqlOrDie } from "../sql.ts"
import type { Encoded } from "../wire.ts"

/** The picture of a person. */
export class Avatars extends Context.Service<
  Avatars,
  {
    readonly put: (caller: Caller, source: ImageSource) => Effect.Effect<Encoded<Me>, AccountClosed | PictureRefused>
    /** Shows an upload that was completed as a portrait. Again, it changes nothing. */
    readonly attach: (
      caller: Caller,
      input: AttachPortrait
    ) => Effect.Effect<Encoded<Me>, AccountClosed | ValidationFailed>
    /** Where there is none, there is nothing to do. */
    readonly remove: (caller: Caller) => Effect.Effect<Encoded<Me>, AccountClosed>
    /** Forgets the picture of somebody who leaves, in the caller's transaction. */
    readonly eraseOf: (user: UserId) => Effect.Effect<void, SqlError.SqlError>
  }
>()("zst/accounts/Avatars") {
  static readonly layer = Layer.effect(
    Avatars,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const pictures = yield* Pictures
      const people = yield* People
      const users = yield* Users

      const show = (user: UserId, media: string | null, url: string | null) =>
        Effect.gen(function* () {
          const before = yield* avatarOf(sql, user)
          yield* sql`
            UPDATE users SET avatar_media_id = ${media}, avatar_url = ${url}, updated_at = now() WHERE id = ${user}`
          yield* pictures.letGo(before)
        })

      const put = Effect.fn("Avatars.put")((caller: Caller, source: ImageSource) =>
        pictures.add(caller.id, source, "portrait", (picture) =>
          Effect.gen(function* () {
            yield* people.hold(caller.id)
            yield* pictures.record(picture)
            yield* show(caller.id, picture.id, picture.url("square"))
            return yield* users.me(caller)
          }).pipe(sql.withTransaction, sqlOrDie)
        )
      )

      const attach = Effect.fn("Avatars.attach")(
        function* (caller: Caller, { media_id }: AttachPortrait) {
          yield* people.hold(caller.id)
          if (!(yield* avatarOf(sql, caller.id)).includes(media_id.toLowerCase())) {
            const picture = yield* pictures.take(caller, media_id, caller.id, "portrait")
            yield* show(caller.id, picture.id, picture.url("square"))
          }
          return yield* users.me(caller)
        },
        sql.withTransaction,
        sqlOrDie
      )

      const eraseOf = Effect.fn("Avatars.eraseOf")(function* (user: UserId) {
        if ((yield* avatarOf(sql, user)).length > 0) yield* show(user, null, null)
      })

      const remove = Effect.fn("Avatars.remove")(
        function* (caller: Caller) {
          yield* people.hold(caller.id)
          yield* eraseOf(caller.id)
          return yield* users.me(caller)
        },
        sql.withTransaction,
        sqlOrDie
      )

      return Avatars.of({ put, attach, remove, eraseOf })
    })
  )
}

const avatarOf = (sql: SqlClient.SqlClient, user: UserId) =>
  Effect.map(sql<{ media: string | null }>`SELECT avatar_media_id AS media FROM users WHERE id = ${user}`, (rows) =>
    rows.flatMap(({ media }) => media ?? [])
  )
