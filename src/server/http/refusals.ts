/** Answers to what the application never sees: in the envelope, and readable from pages and by who is still sending. */
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http"
import type { Duplex } from "node:stream"
import type { corsOf } from "./cors.ts"
import { failureBody } from "./errorReply.ts"
import { type Failure, failures } from "./failures.ts"
import { newRequestId } from "./requestId.ts"

type Options = {
  readonly securityHeaders: ReadonlyArray<readonly [string, string]>
  readonly cors: ReturnType<typeof corsOf>
}

/** How much somebody may send that nobody reads, and how long, in milliseconds. */
const limits = { bytes: 16 * 1024 * 1024, time: 30_000 }

export const makeRefusals = ({ securityHeaders, cors }: Options, patience = limits) => {
  const headersOf = (failure: Failure, body: string, origin: string | undefined) => {
    const { headers, vary } = cors(origin)
    return [
      ...headers,
      ...(vary.length === 0 ? [] : ["vary", vary.join(", ")]),
      ...(failure.headers ?? []),
      "cache-control",
      "no-store",
      "content-type",
      "application/json; charset=utf-8",
      "content-length",
      String(Buffer.byteLength(body))
    ]
  }

  /**
   * After the body, which is thrown away: whoever is cut off while sending reads no answer. Who goes on after it is cut off
   * once as much again has come, or the time is over.
   */
  const refuse = (request: IncomingMessage, response: ServerResponse, failure: Failure, id: string) => {
    const body = failureBody(failure, id)
    for (const [name, value] of pairs(headersOf(failure, body, request.headers.origin))) response.setHeader(name, value)
    response.statusCode = failure.status
    const answer = () => {
      if (!response.writableEnded) response.end(body)
    }
    const cut = () => {
      answer()
      request.socket.destroySoon()
    }
    if (Number(request.headers["content-length"] ?? 0) > patience.bytes) answer()
    const timer = setTimeout(cut, patience.time)
    let received = 0
    request
      .on("data", (bytes: Buffer) => {
        received += bytes.length
        if (received > 2 * patience.bytes) cut()
        else if (received > patience.bytes) answer()
      })
      .once("end", answer)
      .once("close", () => clearTimeout(timer))
      .on("error", () => {})
  }

  /** Where there is no response to write to. */
  const written = (failure: Failure, origin?: string) => {
    const id = newRequestId()
    const body = failureBody(failure, id)
    const own = ["x-request-id", id, "connection", "close", ...headersOf(failure, body, origin)]
    const lines = [...securityHeaders, ...pairs(own)].map(([name, value]) => `${name}: ${value}\r\n`)
    return `HTTP/1.1 ${failure.status} ${STATUS_CODES[failure.status]}\r\n${lines.join("")}\r\n${body}`
  }

  /** For what is no HTTP, or no request that node:http would hand on. */
  const refuseRaw = (socket: Duplex, failure: Failure, origin?: string) => {
    if (!socket.writable || socket.writableEnded) return
    // node:http listens no more to a socket that it has handed over; what nobody reads would reset it.
    socket.on("error", () => socket.destroy()).resume()
    socket.end(written(failure, origin), () => setTimeout(() => socket.destroy(), 1000).unref())
  }

  return { refuse, refuseRaw, written }
}

const pairs = (flat: ReadonlyArray<string>) =>
  flat.flatMap((name, i): Array<[string, string]> => (i % 2 === 0 ? [[name, flat[i + 1] ?? ""]] : []))

/** The page that sent it, if it says so. */
export const originIn = (packet: Buffer) => /^origin:[ \t]*(\S+)/im.exec(packet.toString("latin1"))?.[1]

type ParserError = Error & { readonly code?: string; readonly rawPacket?: Buffer }

/** What node:http's parser stumbled over; undefined when there is nobody to tell. */
export const failureOfParser = ({ code, rawPacket }: ParserError): Failure | undefined => {
  if (code === "ECONNRESET" || code === "EPIPE") return undefined
  if (code === "HPE_HEADER_OVERFLOW") return failures.headersTooLarge
  if (code === "HPE_CHUNK_EXTENSIONS_OVERFLOW") return failures.chunks
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return failures.timeout
  return code === "HPE_INVALID_URL" || hasOddAddress(rawPacket) ? failures.address : failures.request
}

/** `GET /a b HTTP/1.1`, or letters that are not ASCII in it. A packet has 64 KB: nothing looks back over what it has passed. */
const hasOddAddress = (packet: Buffer | undefined) => {
  const text = packet?.toString("latin1") ?? ""
  const line = text.slice(0, text.search(/[\r\n]|$/))
  if (!/^[A-Z]+ \//.test(line)) return false
  const end = line.lastIndexOf(" HTTP/1")
  return /[^ -~]/.test(line) || (end > 0 && line.slice(line.indexOf("/"), end).includes(" "))
}
