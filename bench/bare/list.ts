/** Row 2: a filtered page and its total, by the same statement, prepared. */
import type { ServerResponse } from "node:http"
import { connect, failed, given, send, serve } from "./serve.ts"
import { shapeOf, type Template } from "./shapes.ts"

const shapes: Record<string, Template> = given.shapes
const categories = new Map<string, ReadonlyArray<string>>(Object.entries(given.categories))
const sql = connect()
const limit = 20

const run = ({ text, params }: Template, parts: Record<string, string | number>) =>
  sql.unsafe(
    text,
    params.map((param) => ("from" in param ? parts[param.from] : param.value) as string | number),
    { prepare: true }
  )

const cursorAfter = (order: string, { id, sort_value }: Record<string, unknown>, total: number) => {
  const value =
    sort_value instanceof Date ? sort_value.getTime() : order.endsWith("price") ? Number(sort_value) : sort_value
  return Buffer.from(JSON.stringify({ list: "products", order, value, id, page: 2, total, estimated: false })).toString(
    "base64url"
  )
}

const list = async (response: ServerResponse, query: URLSearchParams) => {
  const sort = query.get("sort") ?? "-created_at"
  const category = query.get("category")
  const ids = category === null ? [] : (categories.get(category) ?? [])
  const maximum = query.get("max_price")
  const parts: Record<string, string | number> = { min_price: Math.round(Number(query.get("min_price")) * 100) }
  if (maximum !== null) parts.max_price = Math.round(Number(maximum) * 100)
  for (const [i, id] of ids.entries()) parts[`category ${i}`] = id
  const shape = shapes[shapeOf(sort, ids.length, maximum !== null)]
  if (shape === undefined) return send(response, 422, "{}")
  const rows = await run(shape, parts)
  const total: number = rows[0]?.total ?? 0
  const more = rows.length > limit
  if (more) rows.pop()
  const last = rows.at(-1)
  const cursor = more && last ? cursorAfter(sort, last, total) : null
  const meta = {
    page: 1,
    limit,
    total,
    total_pages: Math.ceil(total / limit),
    has_next: more,
    has_prev: false,
    next_cursor: cursor
  }
  send(response, 200, `{"data":[${rows.map((row) => row.json).join(",")}],"meta":${JSON.stringify(meta)}}`)
}

serve((request, response) => {
  const url = request.url ?? ""
  list(response, new URLSearchParams(url.slice(url.indexOf("?") + 1))).catch(failed(response))
})
