/**
 * One line a request, written in batches. Paths are logged without their query: it may hold a phone number or a token.
 */
import { createWriteStream, fstatSync, writeFileSync } from "node:fs"
import type { IncomingMessage, ServerResponse } from "node:http"
import { isatty } from "node:tty"
import { Effect } from "effect"

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

/** Where lines go. */
export type Lines = { readonly write: (lines: Uint8Array) => void; readonly close: Effect.Effect<void> }

const flushEvery = 100
const flushAt = 64 * 1024

/** Bytes that may wait for a file; who writes more than it takes waits for it. */
export const mostBehind = 1024 * 1024

/** More bytes than any line has. */
const longestLine = 4096

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
  const pending = Buffer.allocUnsafe(flushAt + longestLine)
  let length = 0
  let timer: NodeJS.Timeout | undefined
  const flush = () => {
    clearTimeout(timer)
    timer = undefined
    if (length === 0) return
    write(Buffer.from(pending.subarray(0, length)))
    length = 0
  }
  return {
    close: Effect.andThen(Effect.sync(flush), close),
    line: (request, response, { startedAt, requestId, address }) => {
      // 499: the client went away before its answer.
      const status = response.writableFinished || response.writableEnded ? response.statusCode : 499
      const text = render({ request, status, elapsed: performance.now() - startedAt, requestId, address })
      length += pending.write(text, length)
      if (length > flushAt) flush()
      else timer ??= setTimeout(flush, flushEvery)
    }
  }
}

/** Standard output: a terminal, a pipe and a socket take lines at once, a disk takes its time. */
export const standardOutput = (): Lines => {
  const kind = fstatSync(1)
  const isQuick = kind.isFIFO() || kind.isSocket() || isatty(1)
  return isQuick ? { write: (lines) => process.stdout.write(lines), close: Effect.void } : fileLines(1)
}

/** A file is written while requests are answered. What it could not take is gone, and what comes after is tried again. */
export const fileLines = (fd: number): Lines => {
  const open = () =>
    createWriteStream("", { fd, autoClose: false }).on("error", () => {
      stream = open()
    })
  let stream = open()
  return {
    write: (lines) => {
      if (stream.writableLength < mostBehind) stream.write(lines)
      else Effect.ignore(Effect.try(() => writeFileSync(fd, lines))).pipe(Effect.runSync)
    },
    close: Effect.callback((resume) => {
      const done = () => resume(Effect.void)
      stream.once("error", done).end(done)
    })
  }
}
