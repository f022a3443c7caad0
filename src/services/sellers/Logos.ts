import { Context, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import type { ShopClosed } from "../auth/errors.ts"
import type { Caller, UserId } from "../auth/model.ts"
import { People } from "../auth/People.ts"
import { Forbidden, type ValidationFailed } from "../errors.ts"
import type { ImageSource } from "../media/Images.ts"
import type { AttachPortrait } from "../media/model.ts"
import { type Picture, type PictureRefused, Pictures } from "../media/Pictures.ts"
import { sqlOrDie } from "../sql.ts"
import { type Encoded, encode } from "../wire.ts"
import { Logo } from "./model.ts"

type Shown = { readonly avatar_media_id: string | null; readonly avatar_url: string | null }

const nothing: Shown = { avatar_media_id: null, avatar_url: null }
const shownAs = (picture: Picture): Shown => ({ avatar_media_id: picture.id, avatar_url: picture.url("square") })

/** The picture of a shop. */
export class Logos extends Context.Service<
  Logos,
  {
    /** `received` is asked for it once it is known that there is an open shop. */
    readonly put: <E, R>(
      caller: Caller,
      received: Effect.Effect<ImageSource, E, R>
    ) => Effect.Effect<Encoded<Logo>, E | Forbidden | ShopClosed | PictureRefused, R>
    /** Shows an upload that was completed as a portrait. Again, it changes nothing. */
    readonly attach: (
      caller: Caller,
      input: AttachPortrait
    ) => Effect.Effect<Encoded<Logo>, Forbidden | ShopClosed | ValidationFailed>
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
        const [shop] = yield* sql<Shown>`
          SELECT avatar_media_id, avatar_url FROM sellers WHERE id = ${caller.id}`
        return shop ?? nothing
      })

      const show = Effect.fnUntraced(function* (owner: UserId, before: Shown, { avatar_media_id, avatar_url }: Shown) {
        yield* sql`
          UPDATE sellers SET avatar_media_id = ${avatar_media_id}, avatar_url = ${avatar_url}, updated_at = now()
          WHERE id = ${owner}`
        if (before.avatar_media_id !== null) yield* pictures.letGo([before.avatar_media_id])
        return encodeLogo({ avatar_url })
      })

      const put = Effect.fn("Logos.put")(function* <E, R>(caller: Caller, received: Effect.Effect<ImageSource, E, R>) {
        yield* sqlOrDie(sql.withTransaction(hold(caller)))
        return yield* pictures.add(caller.id, yield* received, "portrait", (picture) =>
          Effect.gen(function* () {
            const before = yield* hold(caller)
            yield* pictures.record(picture)
            return yield* show(caller.id, before, shownAs(picture))
          }).pipe(sql.withTransaction, sqlOrDie)
        )
      })

      const attach = Effect.fn("Logos.attach")(
        function* (caller: Caller, { media_id }: AttachPortrait) {
          const before = yield* hold(caller)
          if (before.avatar_media_id === media_id.toLowerCase()) return encodeLogo(before)
          const picture = yield* pictures.take(caller, media_id, caller.id, "portrait")
          return yield* show(caller.id, before, shownAs(picture))
        },
        sql.withTransaction,
        sqlOrDie
      )

      const remove = Effect.fn("Logos.remove")(
        function* (caller: Caller) {
          const before = yield* hold(caller)
          return before.avatar_media_id === null ? encodeLogo(nothing) : yield* show(caller.id, before, nothing)
        },
        sql.withTransaction,
        sqlOrDie
      )

      return Logos.of({ put, attach, remove })
    })
  )
}

const encodeLogo = encode(Logo)
