import { Effect, SchemaAST } from "effect"
import type { SqlClient } from "effect/sql"
import { invalidField } from "../errors.ts"
import { thousands } from "../text.ts"
import type { ProductId } from "./model.ts"
import { UpdateProduct } from "./requests.ts"

/** What is a text on the wire and none of the product's: it names a category, or the only variant. */
const names: ReadonlySet<string> = new Set(["category", "sku"])

const holdsText = (ast: SchemaAST.AST): boolean =>
  SchemaAST.isString(ast) ||
  (SchemaAST.isUnion(ast) && ast.types.some(holdsText)) ||
  (SchemaAST.isArrays(ast) && ast.rest.some(holdsText)) ||
  (SchemaAST.isObjects(ast) && ast.indexSignatures.some(({ type }) => holdsText(type)))

const columns = Object.entries(UpdateProduct.fields).flatMap(([name, { ast }]) =>
  !names.has(name) && holdsText(SchemaAST.toEncoded(ast)) ? [name] : []
)

/** Some ten pages in French or five in Arabic: a list of a hundred such products is still sent to a phone. */
const maxBytes = 20_000

const bytes = columns.map((column) => `coalesce(octet_length(${column}::text), 0) AS ${column}`).join(", ")

/** Each text of a product has its limit; this is that of all of them together, once some of these were written. */
export const checkTexts = Effect.fnUntraced(function* (sql: SqlClient.SqlClient, id: ProductId, written: object) {
  const sent = columns.filter((column) => Object.hasOwn(written, column))
  if (sent.length === 0) return
  const [row = {}] = yield* sql<Record<string, number>>`SELECT ${sql.literal(bytes)} FROM products WHERE id = ${id}`
  const all = Object.values(row).reduce((sum, one) => sum + one, 0)
  if (all <= maxBytes) return
  const longest = sent.reduce((a, b) => ((row[b] ?? 0) > (row[a] ?? 0) ? b : a))
  const [most, come] = [maxBytes, all].map(thousands)
  yield* invalidField(longest, `Expected texts of at most ${most} bytes in all, but they come to ${come}`)
})
