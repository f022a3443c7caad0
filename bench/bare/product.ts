/** Row 3: one product by primary key, by the same statement, prepared. */
import type { ServerResponse } from "node:http"
import { connect, failed, given, send, serve } from "./serve.ts"

const { text } = given.statement
const sql = connect()

const product = async (response: ServerResponse, id: string) => {
  const [row] = await sql.unsafe(text, [id], { prepare: true })
  if (row === undefined || row.status !== "active") return send(response, 404, "{}")
  send(response, 200, `{"data":${row.json}}`)
}

serve((request, response) => {
  const url = request.url ?? ""
  product(response, url.slice(url.lastIndexOf("/") + 1)).catch(failed(response))
})
