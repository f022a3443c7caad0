import { Context, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import type { ShopClosed } from "../auth/errors.ts"
import type { Caller, UserId } from "../auth/model.ts"
import { People } from "../auth/People.ts"
import { Forbidden } from "../errors.ts"
import type { ImageSource } from "../media/Images.ts"
import { type PictureRefused, Pictures } from "../media/Pictures.ts"
import { sqlOrDie } from "../sql.ts"
import { type Encoded, encode } from "../wire.ts"
import { Logo } from "./model.ts"

/** The picture of a shop. */
export class Logos extends Context.Service<
  Logos,
  {
    /** `received` is asked for it once it is known that there is an open shop. */
    readonly put: <E, R>(
      caller: Caller,
      received: Effect.Effect<ImageSource, E, R>
    ) => Effect.Effect<Encoded<Logo>, E | Forbidden | ShopClosed | PictureRefused, R>
    /** Where there is none, there is nothing to do. */
    readonly remove: (caller: Caller) => Effect.Effect<Encoded<Logo>, Forbidden | ShopClosed>
  }
>()("zst/sellers/Logos") {
  static readonly layer = Layer.effect(
    Logos,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const pictures = yield* Pictures
      const people = yield* People

      const hold = Effect.fnUntraced(function* (caller: Caller) {
        if (caller.role !== "seller") return yield* new Forbidden({ reason: "Only sellers have a shop." })
        yield* people.holdShop(caller.id, "change")
        const rows = yield* sql<{ media: string | null }>`
          SELECT avatar_media_id AS media FROM sellers WHERE id = ${caller.id}`
        return rows.flatMap(({ media }) => media ?? [])
      })

      const show = (owner: UserId, media: string | null, url: string | null) => sql`
        UPDATE sellers SET avatar_media_id = ${media}, avatar_url = ${url}, updated_at = now() WHERE id = ${owner}`

      const put = Effect.fn("Logos.put")(function* <E, R>(caller: Caller, received: Effect.Effect<ImageSource, E, R>) {
        yield* sqlOrDie(sql.withTransaction(hold(caller)))
        return yield* pictures.add(caller.id, yield* received, "portrait", (picture) =>
          Effect.gen(function* () {
            const before = yield* hold(caller)
            const url = picture.url("square")
            yield* pictures.record(picture)
            yield* show(caller.id, picture.id, url)
            yield* pictures.letGo(before)
            return encodeLogo({ avatar_url: url })
          }).pipe(sql.withTransaction, sqlOrDie)
        )
      })

      const remove = Effect.fn("Logos.remove")(
        function* (caller: Caller) {
          const before = yield* hold(caller)
          if (before.length > 0) yield* show(caller.id, null, null)
          yield* pictures.letGo(before)
          return encodeLogo({ avatar_url: null })
        },
        sql.withTransaction,
        sqlOrDie
      )

      return Logos.of({ put, remove })
    })
  )
}

const encodeLogo = encode(Logo)
