import { Cache, Context, Effect, Layer, Option } from "effect"
import { SqlClient } from "effect/sql"
import { invalidField, type ValidationFailed } from "../errors.ts"
import { jsonOf } from "../json.ts"
import { successesFor } from "../keeping.ts"
import { apart } from "../sql.ts"
import { withPlainDigits } from "../text.ts"
import { type Encoded, readAll } from "../wire.ts"
import { Wilaya, type WilayaName } from "./model.ts"

export type NamedWilaya = Pick<Wilaya, "code" | "name_fr">

export class Wilayas extends Context.Service<
  Wilayas,
  {
    /** All of them, by code. */
    readonly list: Effect.Effect<Encoded<ReadonlyArray<Wilaya>>>
    /** The one that somebody means, whatever its case, accents or letter forms; none is a fault of this field. */
    readonly named: (name: WilayaName, field: string) => Effect.Effect<NamedWilaya, ValidationFailed>
  }
>()("zst/delivery/Wilayas") {
  static readonly layer = Layer.effect(
    Wilayas,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const list = readAll(wilayaJson, (json) => sql`SELECT ${json} FROM wilayas w ORDER BY w.code`)

      const lookup = (name: string) =>
        sql<NamedWilaya>`
          SELECT code, name_fr FROM wilayas
          WHERE zst_name_key(${name}::text) = ANY (keys) ORDER BY code LIMIT 1`.pipe(
          Effect.map(([row]) => Option.fromNullishOr(row)),
          Effect.orDie,
          apart(sql)
        )
      // The same few names come with every order.
      const found = yield* Cache.makeWith(lookup, { capacity: 500, timeToLive: successesFor("1 minute") })

      const named = Effect.fn("Wilayas.named")(function* (name: WilayaName, field: string) {
        const wilaya = yield* Cache.get(found, withPlainDigits(String(name)))
        return yield* Effect.mapError(Effect.fromOption(wilaya), () =>
          invalidField(field, "There is no such wilaya; see /api/v1/wilayas")
        )
      })

      return Wilayas.of({ named, list: list.pipe(Effect.orDie, Effect.withSpan("Wilayas.list")) })
    })
  )
}

const wilayaJson = jsonOf(Wilaya, "w")
