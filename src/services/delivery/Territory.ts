import { Context, Effect, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { invalidField, type ValidationFailed } from "../errors.ts"
import { Text, WilayaCode } from "../model.ts"
import { sqlOrDie } from "../sql.ts"
import { isDay } from "../text.ts"

const isoDate = Schema.String.check(Schema.makeFilter(isDay, { message: "Expected a day, such as 2026-04-04" }))

/** A line of the territory: a wilaya as a law made or renamed it. */
export const Division = Schema.Struct({
  code: WilayaCode,
  name_fr: Text(60),
  name_ar: Text(60),
  valid_from: isoDate,
  parent: Schema.NullOr(WilayaCode)
})
export type Division = typeof Division.Type

type Values = Readonly<Record<string, unknown>>

/** The values of a wilaya as they were, unless it is new, and as they are. */
export type Change = { readonly code: number; readonly before: Values | null; readonly after: Values }

/** What a row has beside its values. */
const own = ["code", "keys"]

const isPartOfItself = (code: number, parents: ReadonlyMap<number, number | null>) => {
  const above = new Set<number>()
  const parentOf = (child: number) => parents.get(child) ?? null
  for (let next = parentOf(code); next !== null && !above.has(next); next = parentOf(next)) above.add(next)
  return above.has(code)
}

/** What a reform makes of the wilayas. None goes: people and orders are in it, and orders keep the name they were given. */
export class Territory extends Context.Service<
  Territory,
  {
    /**
     * Adds and corrects wilayas, all or none: those that are not as they were, by code. Whoever calls writes the audit log in
     * the same transaction: it knows people, who live in these.
     */
    readonly import: (divisions: ReadonlyArray<Division>) => Effect.Effect<ReadonlyArray<Change>, ValidationFailed>
  }
>()("zst/delivery/Territory") {
  static readonly layer = Layer.effect(
    Territory,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient

      const checkNames = Effect.gen(function* () {
        const [shared] = yield* sql<{ names: string }>`
          SELECT string_agg(DISTINCT name_fr, ', ') AS names FROM wilayas, unnest(keys) AS key
          GROUP BY key HAVING count(DISTINCT code) > 1 LIMIT 1`
        if (shared !== undefined) yield* invalidField("name_fr", `Two wilayas would have one name: ${shared.names}`)
      })

      const checkParents = Effect.fnUntraced(function* (divisions: ReadonlyArray<Division>) {
        const known = yield* sql<Pick<Division, "code" | "parent">>`SELECT code, parent FROM wilayas`
        const parents = new Map([...known, ...divisions].map(({ code, parent }) => [code, parent]))
        for (const { code, parent } of divisions) {
          if (parent === null || (parents.has(parent) && !isPartOfItself(code, parents))) continue
          yield* invalidField("parent", `${code} cannot have been part of ${parent}`)
        }
      })

      const write = Effect.fn("Territory.import")(
        function* (divisions: ReadonlyArray<Division>) {
          const twice = divisions.find(({ code }, i) => divisions.findIndex((other) => other.code === code) < i)
          if (twice !== undefined) yield* invalidField("code", `${twice.code} is there twice`)
          // Two imports at once would each see no name of the other's. Orders read on meanwhile.
          yield* sql`LOCK TABLE wilayas IN SHARE ROW EXCLUSIVE MODE`
          yield* checkParents(divisions)
          const written = yield* sql<Change>`
            INSERT INTO wilayas AS w (code, name_fr, name_ar, valid_from, parent)
            SELECT * FROM json_to_recordset(${JSON.stringify(divisions)}::text::json)
              AS d (code smallint, name_fr text, name_ar text, valid_from date, parent smallint)
            ON CONFLICT (code) DO UPDATE SET name_fr = excluded.name_fr, name_ar = excluded.name_ar,
              valid_from = excluded.valid_from, parent = excluded.parent
            WHERE (w.name_fr, w.name_ar, w.valid_from, w.parent)
              IS DISTINCT FROM (excluded.name_fr, excluded.name_ar, excluded.valid_from, excluded.parent)
            RETURNING new.code, to_jsonb(new) - ${own}::text[] AS after,
              CASE WHEN old.code IS NOT NULL THEN to_jsonb(old) - ${own}::text[] END AS before`
          yield* checkNames
          return written.toSorted((a, b) => a.code - b.code)
        },
        sql.withTransaction,
        sqlOrDie
      )

      return Territory.of({ import: write })
    })
  )
}
