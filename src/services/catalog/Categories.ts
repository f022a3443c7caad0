import { Context, Duration, Effect, Layer, Option } from "effect"
import { SqlClient } from "effect/sql"
import { isUuid } from "../model.ts"
import { Freshness } from "./Freshness.ts"
import type { Category } from "./model.ts"

type Row = {
  readonly id: string
  readonly parent_id: string | null
  readonly slug: string
  readonly name_fr: string
  readonly name_ar: string
}

export class Categories extends Context.Service<
  Categories,
  {
    /** The whole tree, in display order. */
    readonly tree: Effect.Effect<ReadonlyArray<Category>>
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

      const tree = Effect.gen(function* () {
        const rows =
          yield* sql<Row>`SELECT id, parent_id, slug, name_fr, name_ar FROM categories ORDER BY position, slug`
        const label = ({ id, slug, name_fr, name_ar }: Row) => ({ id, slug, name_fr, name_ar })
        const children = Map.groupBy(rows, (row) => row.parent_id)
        return (children.get(null) ?? []).map((root) => ({
          ...label(root),
          children: (children.get(root.id) ?? []).map(label)
        }))
      }).pipe(Effect.orDie, Effect.withSpan("Categories.tree"))

      const recentTree = yield* Effect.cachedWithTTL(tree, Duration.millis(Freshness.maxAge))
      const subtree = Effect.fnUntraced(function* (slugOrId: string) {
        for (const root of yield* recentTree) {
          const found = [root, ...root.children].find(({ id, slug }) => slug === slugOrId || id === slugOrId)
          if (found !== undefined) return found === root ? [root.id, ...root.children.map(({ id }) => id)] : [found.id]
        }
        return []
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
