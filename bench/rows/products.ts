/** The rows of the catalogue: what each asks for, and what its comparator is told. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import type { Comparison } from "../compare.ts"
import type { Stage } from "../stage.ts"
import { listTemplates, productTemplate } from "../statements.ts"
import { capture, constantHeaders, requestFile } from "./files.ts"

const prefix = "/api/v1/products"

export const page = Effect.fnUntraced(function* (_: Stage, ours: string) {
  yield* capture(`${ours}${prefix}`)
  const { response, body } = yield* capture(`${ours}${prefix}`)
  const headers = [...response.headers].filter(([name]) => !["date", "connection", "keep-alive"].includes(name)).flat()
  return {
    name: "page",
    bare: "bytes.ts",
    given: { headers, body },
    load: { mode: "fixed", path: prefix },
    samples: [{ path: prefix }],
    agreement: "bytes",
    probe: prefix
  } satisfies Comparison
})

const sorts = ["price", "-price", "created_at", "-created_at", "popular", "rating"]
const maxima = ["", "&max_price=15000", "&max_price=60000"]

/** Every kind of filter that a shop's visitors combine, in an order that mixes them. */
const queries = (slugs: ReadonlyArray<string>) =>
  slugs
    .flatMap((slug) => sorts.flatMap((sort) => maxima.map((maximum) => `?category=${slug}&sort=${sort}${maximum}`)))
    .concat(sorts.flatMap((sort) => maxima.flatMap((maximum) => Array(10).fill(`?sort=${sort}${maximum}`))))
    .map((query, i) => ({ query, order: (i * 7919) % 10_007 }))
    .toSorted((a, b) => a.order - b.order)
    .map(({ query }) => `${prefix}${query}&limit=20`)

export const list = Effect.fnUntraced(function* (stage: Stage, ours: string) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ slug: string; ids: ReadonlyArray<string> }>`
    SELECT c.slug, ARRAY[c.id] || ARRAY(SELECT id FROM categories d WHERE d.parent_id = c.id ORDER BY position, slug) AS ids
    FROM categories c ORDER BY c.slug`
  const { response } = yield* capture(`${ours}${prefix}?min_price=1`)
  const lines = queries(rows.map(({ slug }) => slug))
  return {
    name: "list",
    bare: "list.ts",
    given: {
      headers: constantHeaders(response),
      categories: Object.fromEntries(rows.map(({ slug, ids }) => [slug, ids])),
      shapes: yield* listTemplates(new Set(rows.map(({ ids }) => ids.length)))
    },
    load: { mode: "unique", path: prefix, file: requestFile(stage, "list", lines) },
    samples: lines.slice(0, 200).map((path, i) => ({ path: `${path}&min_price=${i * 25}.5` })),
    agreement: "bytes",
    probe: prefix
  } satisfies Comparison
})

export const product = Effect.fnUntraced(function* (stage: Stage, ours: string) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ id: string }>`SELECT id FROM products WHERE status = 'active' ORDER BY id`
  const paths = rows.map(({ id }) => `${prefix}/${id}`)
  const samples = paths.filter((_, i) => i % 97 === 0).map((path) => ({ path }))
  const { response } = yield* capture(`${ours}${paths[0]}`)
  return {
    name: "product",
    bare: "product.ts",
    given: { headers: constantHeaders(response), statement: yield* productTemplate },
    load: { mode: "random", path: prefix, file: requestFile(stage, "product", paths) },
    samples,
    agreement: "bytes",
    probe: samples[0]?.path ?? prefix
  } satisfies Comparison
})
