/** The rows of the catalogue: what each asks for, and what its comparator is told. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import type { Comparison } from "../compare.ts"
import type { Stage } from "../stage.ts"
import { listTemplates, productTemplate } from "../statements.ts"
import type { Load } from "../wrk.ts"
import { capture, captureBytes, constantHeaders, requestFile } from "./files.ts"
import { tokenOf } from "./tokens.ts"

const prefix = "/api/v1/products"

export const page = Effect.fnUntraced(function* (_: Stage, ours: string) {
  return yield* fixed("page", ours, {})
})

/** As a phone asks whose owner has signed in. */
export const signed = Effect.fnUntraced(function* (stage: Stage, ours: string) {
  const authorization = `Bearer ${tokenOf(stage, "customer", "phone")}`
  return yield* fixed("signed", ours, { authorization, "accept-encoding": "gzip" })
})

const fixed = Effect.fnUntraced(function* (name: string, ours: string, headers: Readonly<Record<string, string>>) {
  yield* capture(`${ours}${prefix}`)
  const sent = yield* captureBytes(`${ours}${prefix}`, headers)
  return {
    name,
    bare: "bytes.ts",
    given: { headers: sent.headers, body: sent.body.toString("base64"), encoding: "base64" },
    load: { mode: "fixed", path: prefix, headers },
    samples: [{ path: prefix, headers }],
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

const subtrees = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<{ slug: string; ids: ReadonlyArray<string> }>`
    SELECT c.slug, ARRAY[c.id] || ARRAY(SELECT id FROM categories d WHERE d.parent_id = c.id ORDER BY position, slug) AS ids
    FROM categories c ORDER BY c.slug`
})

export const listLoad = (stage: Stage) =>
  Effect.map(subtrees, (rows): Load => {
    const lines = queries(rows.map(({ slug }) => slug))
    return { mode: "unique", path: prefix, file: requestFile(stage, "list", lines) }
  })

export const list = Effect.fnUntraced(function* (stage: Stage, ours: string) {
  const rows = yield* subtrees
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
    load: yield* listLoad(stage),
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
