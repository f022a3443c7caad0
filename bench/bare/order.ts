/** Row 4: an order of one item, placed by the same statement, prepared. */
import { createHash, randomBytes } from "node:crypto"
import type { IncomingMessage, ServerResponse } from "node:http"
import { connect, failed, given, send, serve } from "./serve.ts"

const { text, parameters, maxTotal } = given.statement as {
  readonly text: string
  readonly parameters: ReadonlyArray<string>
  readonly maxTotal: number
}
const sql = connect()
const alphabet = "23456789ABCDEFGHJKMNPQRSTWXYZ"
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const phone = /^(?:\+213|0)([567]\d{8})$/

/** Random bytes by the page: asking for ten at a time costs more than the rest of an id. */
let pool = randomBytes(0)
let used = 0
const bytes = (length: number) => {
  if (used + length > pool.length) {
    pool = randomBytes(8192)
    used = 0
  }
  used += length
  return pool.subarray(used - length, used)
}

const uuidV7 = () => {
  const hex = Date.now().toString(16).padStart(12, "0") + bytes(10).toString("hex")
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32).padEnd(12, "0")}`
}

const newNumber = () => `ZST-${Array.from(bytes(8), (byte) => alphabet[byte % alphabet.length]).join("")}`

const bodyOf = (request: IncomingMessage) =>
  new Promise<string>((resolve, reject) => {
    const chunks: Array<Buffer> = []
    request.on("data", (chunk) => chunks.push(chunk))
    request.on("end", () => resolve(Buffer.concat(chunks).toString()))
    request.on("error", reject)
  })

const place = async (request: IncomingMessage, response: ServerResponse) => {
  const order = JSON.parse(await bodyOf(request))
  const [item] = order.items
  const digits = phone.exec(order.customer_phone)?.[1]
  const isValid =
    typeof order.customer_name === "string" &&
    order.customer_name.trim() !== "" &&
    digits !== undefined &&
    uuid.test(item?.product_id) &&
    Number.isInteger(item.quantity) &&
    item.quantity > 0
  if (!isValid) return send(response, 422, "{}")
  const { product_id, quantity } = item
  const [id, number] = [uuidV7(), newNumber()]
  const token = bytes(16).toString("base64url")
  const hash = createHash("sha256").update(token).digest()
  const values: Record<string, unknown> = {
    ...order,
    product_id,
    quantity,
    most_total: maxTotal,
    id,
    order_number: number,
    token_hash: hash,
    customer_name: order.customer_name.trim(),
    customer_phone: `+213${digits}`,
    payment_method: "cod",
    actor: "guest"
  }
  const [row] = await sql.unsafe(text, parameters.map((parameter) => values[parameter] ?? null) as never, {
    prepare: true
  })
  if (typeof row?.json !== "string") return send(response, 409, "{}")
  send(response, 201, `{"data":${row.json.slice(0, -1)},"tracking_token":"${token}"}}`)
}

serve((request, response) => {
  if (request.method === "GET") return send(response, 200, "{}")
  place(request, response).catch(failed(response))
})
