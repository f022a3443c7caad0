import { Context, Duration, Effect, Layer, Option } from "effect"
import { SqlClient } from "effect/sql"
import { each, jsonOf } from "../json.ts"
import { keptFor } from "../keeping.ts"
import { isUuid } from "../model.ts"
import { type Encoded, readAll } from "../wire.ts"
import { Freshness } from "./Freshness.ts"
import { Category, Subcategory } from "./model.ts"

type Row = { readonly id: string; readonly parent_id: string | null; readonly slug: string }

export class Categories extends Context.Service<
  Categories,
  {
    /** The whole tree, in display order. */
    readonly tree: Effect.Effect<Encoded<ReadonlyArray<Category>>>
    /** The id of the category with this slug or id. */
    readonly find: (slugOrId: string) => Effect.Effect<Option.Option<string>>
    /** The ids of that category and of everything below it; empty when there is no such category. At most 1 s old. */
    readonly subtree: (slugOrId: string) => Effect.Effect<ReadonlyArray<string>>
  }
>()("zst/catalog/Categories") {
  static readonly layer = Layer.effect(
    Categories,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient

      const tree = readAll(
        treeJson,
        (json) => sql`SELECT ${json} FROM categories c WHERE c.parent_id IS NULL ORDER BY c.position, c.slug`
      ).pipe(Effect.orDie, Effect.withSpan("Categories.tree"))

      const all = sql<Row>`SELECT id, parent_id, slug FROM categories ORDER BY position, slug`.pipe(Effect.orDie)
      const recent = yield* keptFor(all, Duration.millis(Freshness.maxAge))
      const subtree = Effect.fnUntraced(function* (slugOrId: string) {
        const categories = yield* recent
        const found = categories.find(({ id, slug }) => slug === slugOrId || id === slugOrId)
        if (found === undefined) return []
        return [found.id, ...categories.flatMap(({ id, parent_id }) => (parent_id === found.id ? [id] : []))]
      })

      const find = Effect.fn("Categories.find")(function* (slugOrId: string) {
        const rows = isUuid(slugOrId)
          ? yield* sql<{ id: string }>`SELECT id FROM categories WHERE id = ${slugOrId}`
          : yield* sql<{ id: string }>`SELECT id FROM categories WHERE slug = ${slugOrId}`
        return Option.fromNullishOr(rows[0]?.id)
      }, Effect.orDie)

      return Categories.of({ tree, find, subtree })
    })
  )
}

const treeJson = jsonOf(Category, "c", {
  children: each(jsonOf(Subcategory, "d"), "categories d WHERE d.parent_id = c.id", "d.position, d.slug")
})
