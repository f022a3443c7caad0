/**
 * One line a request, written in batches. Paths are logged without their query: it may hold a phone number or a token.
 */
import type { IncomingMessage, ServerResponse } from "node:http"

export type AccessLog = {
  readonly line: (request: IncomingMessage, response: ServerResponse, startedAt: number) => void
  readonly flush: () => void
}

type Write = (text: string) => void

const flushEvery = 100
const flushAt = 64 * 1024

const pathOf = (url: string) => {
  const query = url.indexOf("?")
  const path = query === -1 ? url : url.slice(0, query)
  return path.length > 200 ? path.slice(0, 200) : path
}

const jsonLine = (request: IncomingMessage, status: number, elapsed: number, now: number) =>
  `{"time":"${new Date(now).toISOString()}","level":"${status >= 500 ? "ERROR" : "INFO"}","message":"request",` +
  `"method":"${request.method}","path":${JSON.stringify(pathOf(request.url ?? ""))},"status":${status},` +
  `"ms":${elapsed.toFixed(1)},"ip":"${request.socket.remoteAddress ?? ""}","request_id":"${request.headers["x-request-id"]}"}\n`

const plainLine = (request: IncomingMessage, status: number, elapsed: number, now: number) =>
  `${new Date(now).toISOString().slice(11, 19)} ${request.method} ${pathOf(request.url ?? "")} ${status} ${elapsed.toFixed(1)} ms\n`

export const makeAccessLog = (format: "json" | "plain" | "off", write: Write): AccessLog => {
  if (format === "off") return { line: () => {}, flush: () => {} }
  const render = format === "json" ? jsonLine : plainLine
  let pending = ""
  let timer: NodeJS.Timeout | undefined
  const flush = () => {
    clearTimeout(timer)
    timer = undefined
    if (pending === "") return
    write(pending)
    pending = ""
  }
  return {
    flush,
    line: (request, response, startedAt) => {
      // 499: the client went away before its answer.
      const status = response.writableFinished || response.writableEnded ? response.statusCode : 499
      pending += render(request, status, performance.now() - startedAt, Date.now())
      if (pending.length > flushAt) flush()
      else timer ??= setTimeout(flush, flushEvery)
    }
  }
}
