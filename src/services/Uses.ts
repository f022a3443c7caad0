import { Context, Layer } from "effect"
import type { Column } from "./domain.ts"

/** Tables whose rows other domains' rows hold on to. */
export type Used = "media" | "products" | "skus"

/** Which rows keep others from being deleted, as the domains say. */
export class Uses extends Context.Service<
  Uses,
  {
    /**
     * SQL over the row of this alias: nothing uses it. `row by row`: whatever PostgreSQL thinks of it, it is asked for every
     * row by itself, and not by a join with all that may use one.
     */
    readonly isUnused: (used: Used, alias: string, how?: "row by row") => string
  }
>()("zst/Uses") {
  static readonly layerOf = (uses: Readonly<Record<Used, ReadonlyArray<Column>>>) =>
    Layer.succeed(Uses, {
      isUnused: (used, alias, how) =>
        uses[used]
          .map((use) => {
            const [table, column] = use.split(".")
            return `NOT EXISTS (SELECT FROM ${table} used WHERE used.${column} = ${alias}.id${how ? " OFFSET 0" : ""})`
          })
          .join(" AND ")
    })
}
