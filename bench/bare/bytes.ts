/** Row 1: the same bytes, every time. */
import { given, serve } from "./serve.ts"

const headers: Array<string> = given.headers
const body = Buffer.from(given.body, given.encoding)

serve((_, response) => {
  response.writeHead(200, headers)
  response.end(body)
})
