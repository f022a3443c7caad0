/** How long a request's body may take to arrive, and in how many pieces. */
import type { IncomingMessage } from "node:http"
import { letGoOfPieces } from "./pieces.ts"
import { silence as untilUnread } from "./unread.ts"

const times = { wholeBody: 30_000, silence: 30_000 }

/** Bodies of any kind go straight to the object store here, and never through JSON. */
export const isUpload = ({ method, url }: IncomingMessage) => method === "PUT" && url?.startsWith("/uploads/") === true

/** Uploads may take as long as they keep coming; everything else is small, and has to be here soon. */
export const limitBodyTime = (
  request: IncomingMessage,
  /** The answer to what took too long, as it goes over the wire. */
  refusal: () => string,
  { wholeBody, silence } = times
) => {
  if (!hasBody(request)) return
  const isLong = isUpload(request) || request.headers["content-type"]?.startsWith("multipart/") === true
  const cut = () => cutOff(request, refusal)
  if (!isLong) {
    const timer = setTimeout(cut, wholeBody)
    return whenOver(request, () => clearTimeout(timer))
  }
  letGoOfPieces(request)
  request.setTimeout(silence, cut)
  whenOver(request, () => {
    request.off("timeout", cut)
    request.socket.setTimeout(untilUnread)
  })
}

const hasBody = ({ headers }: IncomingMessage) =>
  headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0

/** Once: from then on the socket has the time that any answer has to be read. */
const whenOver = (request: IncomingMessage, done: () => void) => {
  const once = () => {
    request.off("end", once)
    request.off("close", once)
    done()
  }
  request.on("end", once)
  request.on("close", once)
}

/** A chunk of a body costs some microseconds, whatever it holds. Some programs send each token of a JSON text as one. */
const pieces = { free: 4000, bytes: 256 }

/** Whoever sends thousands of chunks that hold next to nothing is cut off. */
export const limitBodyPieces = (request: IncomingMessage, refusal: () => string) => {
  if (request.headers["transfer-encoding"] === undefined) return
  const push = request.push.bind(request)
  let left = pieces.free
  request.push = (piece, encoding) => {
    if (piece === null || left > 0) {
      left += (piece?.length ?? 0) / pieces.bytes - 1
      return push(piece, encoding)
    }
    if (!request.socket.destroyed) cutOff(request, refusal)
    return false
  }
}

/** As node:http cuts off what exceeds its own limit. */
const cutOff = ({ socket }: IncomingMessage, refusal: () => string) => {
  if (socket.writable) socket.write(refusal())
  socket.destroy()
}
