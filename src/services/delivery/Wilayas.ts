import { Context, Effect, Layer } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import type { ValidationFailed } from "../errors.ts"
import { jsonOf } from "../json.ts"
import { type Encoded, readAll } from "../wire.ts"
import { unknownWilaya } from "./errors.ts"
import { Wilaya } from "./model.ts"
import { wilayaCode } from "./wilayaSql.ts"

export class Wilayas extends Context.Service<
  Wilayas,
  {
    /** All of them, by code. */
    readonly list: Effect.Effect<Encoded<ReadonlyArray<Wilaya>>>
    /**
     * The code of the wilaya that a client names: in French or Arabic, however it is spelt, or by its code. `field` is
     * what the client calls it. In one statement with others: `wilayaCode`.
     */
    readonly codeOf: (
      named: string | number,
      field: string
    ) => Effect.Effect<number, ValidationFailed | SqlError.SqlError>
  }
>()("zst/delivery/Wilayas") {
  static readonly layer = Layer.effect(
    Wilayas,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const list = readAll(wilayaJson, (json) => sql`SELECT ${json} FROM wilayas w ORDER BY w.code`)
      const code = `SELECT ${wilayaCode("$1::text")} AS code`

      const codeOf = Effect.fn("Wilayas.codeOf")(function* (named: string | number, field: string) {
        const [row] = yield* sql.unsafe<{ code: number | null }>(code, [String(named)])
        return row?.code ?? (yield* unknownWilaya(field))
      })

      return Wilayas.of({ list: list.pipe(Effect.orDie, Effect.withSpan("Wilayas.list")), codeOf })
    })
  )
}

const wilayaJson = jsonOf(Wilaya, "w")
