/** What every comparator shares: node:http on PORT, and a file with what it was told before it started. */
import { readFileSync } from "node:fs"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import postgres from "postgres"

export const given = JSON.parse(readFileSync(process.env.BARE_FILE ?? "", "utf8"))

/** Sums fit a number, as the server takes them. */
const bigint = { to: 20, from: [20], parse: Number, serialize: String }

export const connect = () => postgres(process.env.DATABASE_URL ?? "", { max: 10, types: { bigint } })

export const serve = (onRequest: (request: IncomingMessage, response: ServerResponse) => void) => {
  const server = createServer({ keepAliveTimeout: 72_000 }, onRequest).listen(Number(process.env.PORT), "127.0.0.1")
  process.once("SIGTERM", () => {
    server.closeAllConnections()
    process.exit()
  })
}

/** The security headers are constants, as they would be in anybody's server. */
const constantHeaders: ReadonlyArray<string> = given.headers ?? []

export const send = (response: ServerResponse, status: number, body: string) => {
  response.writeHead(status, [
    ...constantHeaders,
    "content-type",
    "application/json; charset=utf-8",
    "content-length",
    String(Buffer.byteLength(body))
  ])
  response.end(body)
}

export const failed = (response: ServerResponse) => (error: unknown) => {
  process.stderr.write(`${error}\n`)
  send(response, 500, "{}")
}
