/**
 * One line a request, written in batches. Paths are logged without their query: it may hold a phone number or a token.
 */
import type { IncomingMessage, ServerResponse } from "node:http"
import { Effect } from "effect"
import type { Lines } from "./lines.ts"

export type Begun = {
  readonly startedAt: number
  readonly requestId: string
  /** The client's. */
  readonly address: string
}

export type AccessLog = {
  readonly line: (request: IncomingMessage, response: ServerResponse, begun: Begun) => void
  /** Ends when everything is written, or after two seconds. */
  readonly close: Effect.Effect<void>
}

const pathOf = (url: string) => {
  const query = url.indexOf("?")
  const path = query === -1 ? url : url.slice(0, query)
  return path.length > 200 ? path.slice(0, 200) : path
}

/** Lines come many to a millisecond, and often one after another of the same path. */
const remembering = <Key, Value>(make: (key: Key) => Value) => {
  let last: { readonly key: Key; readonly value: Value } | undefined
  return (key: Key) => {
    if (last === undefined || last.key !== key) last = { key, value: make(key) }
    return last.value
  }
}

const timeOf = remembering((now: number) => new Date(now).toISOString())
const pathText = remembering((url: string) => JSON.stringify(pathOf(url)))

type Line = {
  readonly request: IncomingMessage
  readonly status: number
  readonly elapsed: number
  readonly requestId: string
  readonly address: string
}

const tenths = (milliseconds: number) => Math.round(milliseconds * 10) / 10

const jsonLine = ({ request, status, elapsed, requestId, address }: Line) =>
  `{"time":"${timeOf(Date.now())}","level":"${status >= 500 ? "ERROR" : "INFO"}","message":"request",` +
  `"method":"${request.method}","path":${pathText(request.url ?? "")},"status":${status},` +
  `"ms":${tenths(elapsed)},"ip":"${address}","request_id":"${requestId}"}\n`

const plainLine = ({ request, status, elapsed }: Line) =>
  `${timeOf(Date.now()).slice(11, 19)} ${request.method} ${pathOf(request.url ?? "")} ${status} ${tenths(elapsed)} ms\n`

export const makeAccessLog = (format: "json" | "plain" | "off", { write, close }: Lines): AccessLog => {
  if (format === "off") return { line: () => {}, close: Effect.void }
  const render = format === "json" ? jsonLine : plainLine
  return {
    close,
    line: (request, response, { startedAt, requestId, address }) => {
      // 499: the client went away before its answer.
      const status = response.writableFinished || response.writableEnded ? response.statusCode : 499
      write(render({ request, status, elapsed: performance.now() - startedAt, requestId, address }))
    }
  }
}
