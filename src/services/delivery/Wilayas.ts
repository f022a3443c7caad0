import { Context, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import type { Wilaya } from "./model.ts"

export class Wilayas extends Context.Service<
  Wilayas,
  {
    /** All of them, by code. */
    readonly list: Effect.Effect<ReadonlyArray<Wilaya>>
  }
>()("zst/delivery/Wilayas") {
  static readonly layer = Layer.effect(
    Wilayas,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const list = sql<Wilaya>`
        SELECT code, name_fr, name_ar, to_char(valid_from, 'YYYY-MM-DD') AS valid_from FROM wilayas ORDER BY code`
      return Wilayas.of({ list: list.pipe(Effect.orDie, Effect.withSpan("Wilayas.list")) })
    })
  )
}
