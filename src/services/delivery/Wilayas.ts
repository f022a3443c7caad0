import { Context, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { jsonOf } from "../json.ts"
import { type Encoded, readAll } from "../wire.ts"
import { Wilaya } from "./model.ts"

export class Wilayas extends Context.Service<
  Wilayas,
  {
    /** All of them, by code. */
    readonly list: Effect.Effect<Encoded<ReadonlyArray<Wilaya>>>
  }
>()("zst/delivery/Wilayas") {
  static readonly layer = Layer.effect(
    Wilayas,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const list = readAll(wilayaJson, (json) => sql`SELECT ${json} FROM wilayas w ORDER BY w.code`)
      return Wilayas.of({ list: list.pipe(Effect.orDie, Effect.withSpan("Wilayas.list")) })
    })
  )
}

const wilayaJson = jsonOf(Wilaya, "w")
