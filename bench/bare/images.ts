/** node:http and sharp alone: the three pictures that an upload becomes, kept nowhere. */
import type { IncomingMessage } from "node:http"
import sharp from "sharp"
import { failed, given, send, serve } from "./serve.ts"

sharp.cache(false)
sharp.concurrency(1)

const bodyOf = async (request: IncomingMessage) => {
  const chunks: Array<Buffer> = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** The one file of a form. */
const fileIn = (body: Buffer) => body.subarray(body.indexOf("\r\n\r\n") + 4, body.lastIndexOf("\r\n--"))

const within = (longest: number) =>
  ({ width: longest, height: longest, fit: "inside", withoutEnlargement: true }) as const

const render = async (file: Buffer) => {
  const decoded = await sharp(file, { failOn: "error" })
    .autoOrient()
    .resize(within(2048))
    .raw()
    .toBuffer({ resolveWithObject: true })
  const { width, height, channels } = decoded.info
  const pixels = () => sharp(decoded.data, { raw: { width, height, channels } })
  await pixels().webp({ quality: 90, effort: 0 }).toBuffer()
  await pixels().resize(within(1080)).webp({ quality: 80, effort: 4 }).toBuffer()
  await pixels().resize(within(400)).webp({ quality: 78, effort: 4 }).toBuffer()
}

serve((request, response) => {
  if (request.method === "GET") return send(response, 200, "{}")
  bodyOf(request)
    .then(fileIn)
    .then(render)
    .then(() => send(response, 201, JSON.stringify({ data: given.image })))
    .catch(failed(response))
})
