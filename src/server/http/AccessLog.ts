/**
 * One line a request, written in batches. Paths are logged without their query: it may hold a phone number or a token.
 */
import type { IncomingMessage, ServerResponse } from "node:http"
import { Effect } from "effect"
import type { Lines } from "./lines.ts"

type Begun = {
  readonly startedAt: number
  readonly requestId: string
  /** The client's. */
  readonly address: string
}

export type AccessLog = {
  readonly line: (request: IncomingMessage, response: ServerResponse, begun: Begun) => void
  /** Everything is written when it ends. */
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
const secondOf = remembering((now: number) => new Date(now).toISOString().slice(11, 19))
const pathText = remembering((url: string) => JSON.stringify(pathOf(url)))

type Line = {
  readonly method: string
  readonly url: string
  readonly status: number
  /** Tenths of a millisecond. */
  readonly tenths: number
  readonly requestId: string
  readonly address: string
}

const milliseconds = (tenths: number) =>
  tenths % 10 === 0 ? `${tenths / 10}` : `${Math.floor(tenths / 10)}.${tenths % 10}`

/** In pieces: joined, they would be written to memory twice. */
type Render = (put: Lines["put"], line: Line) => void

const jsonLine: Render = (put, { method, url, status, tenths, requestId, address }) => {
  put('{"time":"')
  put(timeOf(Date.now()))
  put(status >= 500 ? '","level":"ERROR"' : '","level":"INFO"')
  put(',"message":"request","method":"')
  put(method)
  put('","path":')
  put(pathText(url))
  put(',"status":')
  put(String(status))
  put(',"ms":')
  put(milliseconds(tenths))
  put(',"ip":"')
  put(address)
  put('","request_id":"')
  put(requestId)
  put('"}\n')
}

const plainLine: Render = (put, { method, url, status, tenths }) => {
  put(`${secondOf(Date.now())} ${method} ${pathOf(url)} ${status} ${milliseconds(tenths)} ms\n`)
}

export const makeAccessLog = (format: "json" | "plain" | "off", { put, end, close }: Lines): AccessLog => {
  if (format === "off") return { line: () => {}, close: Effect.void }
  const render = format === "json" ? jsonLine : plainLine
  return {
    close,
    line: (request, response, { startedAt, requestId, address }) => {
      // 499: the client went away before its answer.
      const status = response.writableFinished || response.writableEnded ? response.statusCode : 499
      const tenths = Math.round((performance.now() - startedAt) * 10)
      render(put, { method: request.method ?? "", url: request.url ?? "", status, tenths, requestId, address })
      end()
    }
  }
}
