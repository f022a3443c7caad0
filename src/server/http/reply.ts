import { type Schema, SchemaAST } from "effect"
import { HttpServerResponse } from "effect/http"
import type { Page } from "../../services/list.ts"
import { dataText, type Encoded, type Written } from "../../services/wire.ts"

const contentType = "application/json; charset=utf-8"

/** As text: node:http sends it with its head in one write. */
const reply = (text: string, status: number) => HttpServerResponse.text(text, { contentType, status })

const [opening, comma] = [Buffer.from('{"data":['), Buffer.from(",")]

const pageReply = ({ items, meta }: Page<unknown>, status: number) => {
  const listed = items.flatMap((item, i) => (i === 0 ? [item] : [comma, item]))
  const closing = Buffer.from(`],"meta":${JSON.stringify(meta)}}`)
  return HttpServerResponse.uint8Array(Buffer.concat([opening, ...listed, closing]), { contentType, status })
}

/** Where `HttpApiSchema.status` leaves it. */
const statusOf = ({ ast }: Schema.Top) => {
  const status = ast.context?.annotations?.httpApiStatus
  return typeof status === "number" ? status : 200
}

const isPage = ({ ast }: Schema.Top) =>
  SchemaAST.isObjects(ast) && ast.propertySignatures.some(({ name }) => name === "meta")

/**
 * What makes responses of the answers of an endpoint with these successes: `{ "data": … }`, or a page
 * `{ "data": [ … ], "meta": { … } }`, around what is already in its wire form.
 */
export const replyOf = (
  success: ReadonlySet<Schema.Top>
): ((answer: never) => HttpServerResponse.HttpServerResponse) => {
  const declared = [...success]
  const statuses = declared.map(statusOf)
  const [status = 200] = statuses
  if (declared.some(isPage)) return (page: Page<unknown>) => pageReply(page, status)
  if (statuses.length === 1) return (data: Encoded<unknown>) => reply(dataText(data), status)
  const [renewed = 200, created = 201] = statuses.toSorted((a, b) => a - b)
  return (written: Written<unknown>) => reply(dataText(written.data), written.created ? created : renewed)
}
