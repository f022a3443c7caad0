import { Context, Layer } from "effect"
import type { Column } from "./domain.ts"

/** Tables whose rows other domains' rows hold on to. */
export type Used = "media" | "products" | "skus"

/** Which rows keep others from being deleted, as the domains say. */
export class Uses extends Context.Service<
  Uses,
  {
    /** SQL over the row of this alias: nothing uses it. */
    readonly isUnused: (used: Used, alias: string) => string
  }
>()("zst/Uses") {
  static readonly layerOf = (uses: Readonly<Record<Used, ReadonlyArray<Column>>>) =>
    Layer.succeed(Uses, {
      isUnused: (used, alias) =>
        uses[used]
          .map((use) => {
            const [table, column] = use.split(".")
            return `NOT EXISTS (SELECT FROM ${table} used WHERE used.${column} = ${alias}.id)`
          })
          .join(" AND ")
    })
}
